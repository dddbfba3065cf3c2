# Drawn by rankwise from pareto_active.csv; again: gnuplot -e "format='svg'" pareto_active.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,400 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,4.17in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1251 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'pareto_active.csv'
set output 'pareto_active.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % t-interval; higher is better' at screen 0.5,0.9760 center font ',7.0'
set yrange [0.62:0.72]
set ytics 0.02
set title offset 0,-0.8 font ',7.0'
unset key
set label '' at screen 0.0830,0.3369 point pt 7 ps 0.5 lc rgb '#0072B2'
set label '1 linear probe' at screen 0.1271,0.3369 left font ',7'
set label '' at screen 0.5294,0.3369 point pt 5 ps 0.5 lc rgb '#D55E00'
set label '2 full fine-tuning' at screen 0.5735,0.3369 left font ',7'
set label '' at screen 0.0830,0.3058 point pt 9 ps 0.5 lc rgb '#009E73'
set label '3 lora rank=1' at screen 0.1271,0.3058 left font ',7'
set label '' at screen 0.5294,0.3058 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label '4 lora rank=2' at screen 0.5735,0.3058 left font ',7'
set label '' at screen 0.0830,0.2746 point pt 11 ps 0.5 lc rgb '#E69F00'
set label '5 lora rank=4' at screen 0.1271,0.2746 left font ',7'
set label '' at screen 0.5294,0.2746 point pt 15 ps 0.5 lc rgb '#56B4E9'
set label '6 lora rank=8' at screen 0.5735,0.2746 left font ',7'
set label '' at screen 0.0830,0.2434 point pt 7 ps 0.5 lc rgb '#000000'
set label '7 lora rank=16' at screen 0.1271,0.2434 left font ',7'
set label '' at screen 0.5294,0.2434 point pt 5 ps 0.5 lc rgb '#999999'
set label '8 lora rank=32' at screen 0.5735,0.2434 left font ',7'
set label '' at screen 0.0830,0.2122 point pt 8 ps 0.5 lc rgb '#0072B2'
set label '9 lora rank=64' at screen 0.1271,0.2122 left font ',7'
set label '' at screen 0.5294,0.2122 point pt 12 ps 0.5 lc rgb '#D55E00'
set label '10 smora 64/8' at screen 0.5735,0.2122 left font ',7'
set label '' at screen 0.0830,0.1811 point pt 10 ps 0.5 lc rgb '#009E73'
set label '11 more' at screen 0.1271,0.1811 left font ',7'
set label '' at screen 0.5294,0.1811 point pt 14 ps 0.5 lc rgb '#CC79A7'
set label '12 more, no contrastive' at screen 0.5735,0.1811 left font ',7'
set label '' at screen 0.0830,0.1499 point pt 6 ps 0.5 lc rgb '#E69F00'
set label '13 flylora 32/8' at screen 0.1271,0.1499 left font ',7'
set label '' at screen 0.5294,0.1499 point pt 4 ps 0.5 lc rgb '#56B4E9'
set label '14 moelora 8x2' at screen 0.5735,0.1499 left font ',7'
set label '' at screen 0.0830,0.1187 point pt 8 ps 0.5 lc rgb '#000000'
set label '15 lora-moe 8x8, top-1' at screen 0.1271,0.1187 left font ',7'
set label '' at screen 0.5294,0.1187 point pt 12 ps 0.5 lc rgb '#999999'
set label '16 split-lora 4x8' at screen 0.5735,0.1187 left font ',7'
set label '' at screen 0.0830,0.0875 point pt 11 ps 0.5 lc rgb '#0072B2'
set label '17 hydralora 3x8' at screen 0.1271,0.0875 left font ',7'
set label '' at screen 0.5294,0.0875 point pt 15 ps 0.5 lc rgb '#D55E00'
set label '18 multilora 4x8' at screen 0.5735,0.0875 left font ',7'
set label '' at screen 0.0830,0.0564 point pt 7 ps 0.5 lc rgb '#009E73'
set label '19 adalora 12 to 8' at screen 0.1271,0.0564 left font ',7'
set label '' at screen 0.5294,0.0564 point pt 5 ps 0.5 lc rgb '#CC79A7'
set label '20 sora 8' at screen 0.5735,0.0564 left font ',7'
set arrow from screen 0.0536,0.0252 to screen 0.1124,0.0252 nohead lc rgb 'black' lw 0.8 dt 2
set label 'not dominated' at screen 0.1271,0.0252 left font ',7'
set multiplot
set lmargin at screen 0.1519
set rmargin at screen 0.9529
set bmargin at screen 0.4412
set tmargin at screen 0.9448
set nonlinear x via asinh(x/41472) inverse 41472*sinh(x)
set xrange [-12441.6:32929400.95]
set xtics ('0' 0,'100k' 100000,'1M' 1000000,'10M' 10000000)
set xlabel 'trained parameters that one token uses' offset 0,0.7
set format y '%g'
set ylabel 'mean test score' offset 1.2,0
set label '1' at graph 0.0655,0.2821 center front font ',5.5'
set label '2' at graph 0.9875,0.7578 center front font ',5.5'
set label '3' at graph 0.1805,0.4581 center front font ',5.5'
set label '4' at graph 0.2538,0.5218 center front font ',5.5'
set label '5' at graph 0.3486,0.5804 center front font ',5.5'
set label '6' at graph 0.3738,0.6658 center front font ',5.5'
set label '7' at graph 0.5276,0.6916 center front font ',5.5'
set label '8' at graph 0.5910,0.7756 center front font ',5.5'
set label '9' at graph 0.7083,0.6847 center front font ',5.5'
set arrow from graph 0.6102,0.6983 to graph 0.6498,0.7330 nohead lw 0.4 lc rgb '#555555'
set label '10' at graph 0.6664,0.7476 center front font ',5.5'
set arrow from graph 0.4010,0.5646 to graph 0.3677,0.6143 nohead lw 0.4 lc rgb '#555555'
set label '11' at graph 0.3579,0.6288 center front font ',5.5'
set label '12' at graph 0.3659,0.5217 center front font ',5.5'
set label '13' at graph 0.3451,0.7600 center front font ',5.5'
set label '14' at graph 0.5363,0.5562 center front font ',5.5'
set arrow from graph 0.4534,0.5080 to graph 0.5040,0.5004 nohead lw 0.4 lc rgb '#555555'
set label '15' at graph 0.5236,0.4974 center front font ',5.5'
set arrow from graph 0.4297,0.6263 to graph 0.5094,0.6138 nohead lw 0.4 lc rgb '#555555'
set label '16' at graph 0.5291,0.6108 center front font ',5.5'
set label '17' at graph 0.5479,0.6600 center front font ',5.5'
set label '18' at graph 0.6344,0.5580 center front font ',5.5'
set label '19' at graph 0.3952,0.2288 center front font ',5.5'
set arrow from graph 0.3947,0.6000 to graph 0.3615,0.5046 nohead lw 0.4 lc rgb '#555555'
set label '20' at graph 0.3564,0.4901 center front font ',5.5'
plot data skip 1 every ::0::0 using 3:4:5:6 with yerrorbars lc rgb '#0072B2' lw 0.8 pt -1, \
  data skip 1 every ::1::1 using 3:4:5:6 with yerrorbars lc rgb '#D55E00' lw 0.8 pt -1, \
  data skip 1 every ::2::2 using 3:4:5:6 with yerrorbars lc rgb '#009E73' lw 0.8 pt -1, \
  data skip 1 every ::3::3 using 3:4:5:6 with yerrorbars lc rgb '#CC79A7' lw 0.8 pt -1, \
  data skip 1 every ::4::4 using 3:4:5:6 with yerrorbars lc rgb '#E69F00' lw 0.8 pt -1, \
  data skip 1 every ::5::5 using 3:4:5:6 with yerrorbars lc rgb '#56B4E9' lw 0.8 pt -1, \
  data skip 1 every ::6::6 using 3:4:5:6 with yerrorbars lc rgb '#000000' lw 0.8 pt -1, \
  data skip 1 every ::7::7 using 3:4:5:6 with yerrorbars lc rgb '#999999' lw 0.8 pt -1, \
  data skip 1 every ::8::8 using 3:4:5:6 with yerrorbars lc rgb '#0072B2' lw 0.8 pt -1, \
  data skip 1 every ::9::9 using 3:4:5:6 with yerrorbars lc rgb '#D55E00' lw 0.8 pt -1, \
  data skip 1 every ::10::10 using 3:4:5:6 with yerrorbars lc rgb '#009E73' lw 0.8 pt -1, \
  data skip 1 every ::11::11 using 3:4:5:6 with yerrorbars lc rgb '#CC79A7' lw 0.8 pt -1, \
  data skip 1 every ::12::12 using 3:4:5:6 with yerrorbars lc rgb '#E69F00' lw 0.8 pt -1, \
  data skip 1 every ::13::13 using 3:4:5:6 with yerrorbars lc rgb '#56B4E9' lw 0.8 pt -1, \
  data skip 1 every ::14::14 using 3:4:5:6 with yerrorbars lc rgb '#000000' lw 0.8 pt -1, \
  data skip 1 every ::15::15 using 3:4:5:6 with yerrorbars lc rgb '#999999' lw 0.8 pt -1, \
  data skip 1 every ::16::16 using 3:4:5:6 with yerrorbars lc rgb '#0072B2' lw 0.8 pt -1, \
  data skip 1 every ::17::17 using 3:4:5:6 with yerrorbars lc rgb '#D55E00' lw 0.8 pt -1, \
  data skip 1 every ::18::18 using 3:4:5:6 with yerrorbars lc rgb '#009E73' lw 0.8 pt -1, \
  data skip 1 every ::19::19 using 3:4:5:6 with yerrorbars lc rgb '#CC79A7' lw 0.8 pt -1, \
  data skip 1 every ::0::0 using 3:4 with points lc rgb '#0072B2' pt 7 ps 0.7, \
  data skip 1 every ::1::1 using 3:4 with points lc rgb '#D55E00' pt 5 ps 0.7, \
  data skip 1 every ::2::2 using 3:4 with points lc rgb '#009E73' pt 9 ps 0.7, \
  data skip 1 every ::3::3 using 3:4 with points lc rgb '#CC79A7' pt 13 ps 0.7, \
  data skip 1 every ::4::4 using 3:4 with points lc rgb '#E69F00' pt 11 ps 0.7, \
  data skip 1 every ::5::5 using 3:4 with points lc rgb '#56B4E9' pt 15 ps 0.7, \
  data skip 1 every ::6::6 using 3:4 with points lc rgb '#000000' pt 7 ps 0.7, \
  data skip 1 every ::7::7 using 3:4 with points lc rgb '#999999' pt 5 ps 0.7, \
  data skip 1 every ::8::8 using 3:4 with points lc rgb '#0072B2' pt 8 ps 0.7, \
  data skip 1 every ::9::9 using 3:4 with points lc rgb '#D55E00' pt 12 ps 0.7, \
  data skip 1 every ::10::10 using 3:4 with points lc rgb '#009E73' pt 10 ps 0.7, \
  data skip 1 every ::11::11 using 3:4 with points lc rgb '#CC79A7' pt 14 ps 0.7, \
  data skip 1 every ::12::12 using 3:4 with points lc rgb '#E69F00' pt 6 ps 0.7, \
  data skip 1 every ::13::13 using 3:4 with points lc rgb '#56B4E9' pt 4 ps 0.7, \
  data skip 1 every ::14::14 using 3:4 with points lc rgb '#000000' pt 8 ps 0.7, \
  data skip 1 every ::15::15 using 3:4 with points lc rgb '#999999' pt 12 ps 0.7, \
  data skip 1 every ::16::16 using 3:4 with points lc rgb '#0072B2' pt 11 ps 0.7, \
  data skip 1 every ::17::17 using 3:4 with points lc rgb '#D55E00' pt 15 ps 0.7, \
  data skip 1 every ::18::18 using 3:4 with points lc rgb '#009E73' pt 7 ps 0.7, \
  data skip 1 every ::19::19 using 3:4 with points lc rgb '#CC79A7' pt 5 ps 0.7, \
  data skip 1 every ::20::30 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
