# Drawn by rankwise from pareto_active.csv; again: gnuplot -e "format='svg'" pareto_active.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,352 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.6700000000000004in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1101 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'pareto_active.csv'
set output 'pareto_active.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % t-interval; higher is better' at screen 0.5,0.9728 center font ',7.0'
set yrange [0.55:0.75]
set ytics 0.05
set title offset 0,-0.8 font ',7.0'
unset key
set label '' at screen 0.0830,0.3828 point pt 7 ps 0.5 lc rgb '#0072B2'
set label '1 linear probe' at screen 0.1271,0.3828 left font ',7'
set label '' at screen 0.5294,0.3828 point pt 5 ps 0.5 lc rgb '#D55E00'
set label '2 full fine-tuning' at screen 0.5735,0.3828 left font ',7'
set label '' at screen 0.0830,0.3474 point pt 9 ps 0.5 lc rgb '#009E73'
set label '3 lora rank=1' at screen 0.1271,0.3474 left font ',7'
set label '' at screen 0.5294,0.3474 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label '4 lora rank=2' at screen 0.5735,0.3474 left font ',7'
set label '' at screen 0.0830,0.3120 point pt 11 ps 0.5 lc rgb '#E69F00'
set label '5 lora rank=4' at screen 0.1271,0.3120 left font ',7'
set label '' at screen 0.5294,0.3120 point pt 15 ps 0.5 lc rgb '#56B4E9'
set label '6 lora rank=8' at screen 0.5735,0.3120 left font ',7'
set label '' at screen 0.0830,0.2766 point pt 7 ps 0.5 lc rgb '#000000'
set label '7 lora rank=16' at screen 0.1271,0.2766 left font ',7'
set label '' at screen 0.5294,0.2766 point pt 5 ps 0.5 lc rgb '#999999'
set label '8 lora rank=32' at screen 0.5735,0.2766 left font ',7'
set label '' at screen 0.0830,0.2411 point pt 8 ps 0.5 lc rgb '#0072B2'
set label '9 lora rank=64' at screen 0.1271,0.2411 left font ',7'
set label '' at screen 0.5294,0.2411 point pt 12 ps 0.5 lc rgb '#D55E00'
set label '10 smora 64/8' at screen 0.5735,0.2411 left font ',7'
set label '' at screen 0.0830,0.2057 point pt 10 ps 0.5 lc rgb '#009E73'
set label '11 more' at screen 0.1271,0.2057 left font ',7'
set label '' at screen 0.5294,0.2057 point pt 14 ps 0.5 lc rgb '#CC79A7'
set label '12 more, no contrastive' at screen 0.5735,0.2057 left font ',7'
set label '' at screen 0.0830,0.1703 point pt 6 ps 0.5 lc rgb '#E69F00'
set label '13 flylora 32/8' at screen 0.1271,0.1703 left font ',7'
set label '' at screen 0.5294,0.1703 point pt 4 ps 0.5 lc rgb '#56B4E9'
set label '14 moelora 8x2' at screen 0.5735,0.1703 left font ',7'
set label '' at screen 0.0830,0.1349 point pt 8 ps 0.5 lc rgb '#000000'
set label '15 lora-moe 8x8, top-1' at screen 0.1271,0.1349 left font ',7'
set label '' at screen 0.5294,0.1349 point pt 12 ps 0.5 lc rgb '#999999'
set label '16 split-lora 4x8' at screen 0.5735,0.1349 left font ',7'
set label '' at screen 0.0830,0.0995 point pt 11 ps 0.5 lc rgb '#0072B2'
set label '17 hydralora 3x8' at screen 0.1271,0.0995 left font ',7'
set label '' at screen 0.5294,0.0995 point pt 15 ps 0.5 lc rgb '#D55E00'
set label '18 multilora 4x8' at screen 0.5735,0.0995 left font ',7'
set label '' at screen 0.0830,0.0640 point pt 7 ps 0.5 lc rgb '#009E73'
set label '19 adalora 12 to 8' at screen 0.1271,0.0640 left font ',7'
set label '' at screen 0.5294,0.0640 point pt 5 ps 0.5 lc rgb '#CC79A7'
set label '20 sora 8' at screen 0.5735,0.0640 left font ',7'
set arrow from screen 0.0536,0.0286 to screen 0.1124,0.0286 nohead lc rgb 'black' lw 0.8 dt 2
set label 'not dominated' at screen 0.1271,0.0286 left font ',7'
set multiplot
set lmargin at screen 0.1519
set rmargin at screen 0.9529
set bmargin at screen 0.5014
set tmargin at screen 0.9373
set nonlinear x via asinh(x/41472) inverse 41472*sinh(x)
set xrange [-12441.6:32929400.95]
set xtics ('0' 0,'100k' 100000,'1M' 1000000,'10M' 10000000)
set xlabel 'trained parameters that one token uses' offset 0,0.7
set format y '%g'
set ylabel 'mean test score' offset 1.2,0
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
  data skip 1 every ::0::0 using 3:4:('1') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::1::1 using 3:4 with points lc rgb '#D55E00' pt 5 ps 0.7, \
  data skip 1 every ::1::1 using 3:4:('2') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::2::2 using 3:4 with points lc rgb '#009E73' pt 9 ps 0.7, \
  data skip 1 every ::2::2 using 3:4:('3') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::3::3 using 3:4 with points lc rgb '#CC79A7' pt 13 ps 0.7, \
  data skip 1 every ::3::3 using 3:4:('4') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::4::4 using 3:4 with points lc rgb '#E69F00' pt 11 ps 0.7, \
  data skip 1 every ::4::4 using 3:4:('5') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::5::5 using 3:4 with points lc rgb '#56B4E9' pt 15 ps 0.7, \
  data skip 1 every ::5::5 using 3:4:('6') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::6::6 using 3:4 with points lc rgb '#000000' pt 7 ps 0.7, \
  data skip 1 every ::6::6 using 3:4:('7') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::7::7 using 3:4 with points lc rgb '#999999' pt 5 ps 0.7, \
  data skip 1 every ::7::7 using 3:4:('8') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::8::8 using 3:4 with points lc rgb '#0072B2' pt 8 ps 0.7, \
  data skip 1 every ::8::8 using 3:4:('9') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::9::9 using 3:4 with points lc rgb '#D55E00' pt 12 ps 0.7, \
  data skip 1 every ::9::9 using 3:4:('10') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::10::10 using 3:4 with points lc rgb '#009E73' pt 10 ps 0.7, \
  data skip 1 every ::10::10 using 3:4:('11') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::11::11 using 3:4 with points lc rgb '#CC79A7' pt 14 ps 0.7, \
  data skip 1 every ::11::11 using 3:4:('12') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::12::12 using 3:4 with points lc rgb '#E69F00' pt 6 ps 0.7, \
  data skip 1 every ::12::12 using 3:4:('13') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::13::13 using 3:4 with points lc rgb '#56B4E9' pt 4 ps 0.7, \
  data skip 1 every ::13::13 using 3:4:('14') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::14::14 using 3:4 with points lc rgb '#000000' pt 8 ps 0.7, \
  data skip 1 every ::14::14 using 3:4:('15') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::15::15 using 3:4 with points lc rgb '#999999' pt 12 ps 0.7, \
  data skip 1 every ::15::15 using 3:4:('16') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::16::16 using 3:4 with points lc rgb '#0072B2' pt 11 ps 0.7, \
  data skip 1 every ::16::16 using 3:4:('17') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::17::17 using 3:4 with points lc rgb '#D55E00' pt 15 ps 0.7, \
  data skip 1 every ::17::17 using 3:4:('18') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::18::18 using 3:4 with points lc rgb '#009E73' pt 7 ps 0.7, \
  data skip 1 every ::18::18 using 3:4:('19') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::19::19 using 3:4 with points lc rgb '#CC79A7' pt 5 ps 0.7, \
  data skip 1 every ::19::19 using 3:4:('20') with labels left offset 0.5,0.3 font ',5.5', \
  data skip 1 every ::20::30 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
