# Drawn by rankwise from pareto_flops.csv; again: gnuplot -e "format='svg'" pareto_flops.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,284 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.9600000000000004in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,888 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'pareto_flops.csv'
set output 'pareto_flops.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % t-interval; higher is better; dashed:' at screen 0.5,0.9662 center font ',7.0'
set label 'not dominated' at screen 0.5,0.9223 center font ',7.0'
set label 'demo · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8784 center font ',6.0' tc rgb '#555555'
set yrange [60:80]
set ytics 60,5
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.9529
set bmargin at screen 0.1318
set tmargin at screen 0.8412
set xrange [-199065.6:3516825.6]
set xtics ('0' 0,'1M' 1000000,'2M' 2000000,'3M' 3000000,'4M' 4000000)
set xlabel 'FLOPs of a token''s updates, forward' offset 0,0.7
set format y '%g'
set ylabel 'mean test score × 100' offset 0.3,0
set arrow from graph 0.0536,0.3641 to graph 0.1166,0.3490 nohead lw 0.4 lc rgb '#555555'
set label 'linear probe' at graph 0.1828,0.3331 center front font ',6'
set arrow from graph 0.2321,0.5265 to graph 0.2944,0.5416 nohead lw 0.4 lc rgb '#555555'
set label 'lora rank=8' at graph 0.3598,0.5575 center front font ',6'
set label 'lora rank=32' at graph 0.6475,0.6538 center front font ',6'
set label 'smora 64/8' at graph 0.8388,0.5022 center front font ',6'
set label 'more' at graph 0.3044,0.4819 center front font ',6'
set arrow from graph 0.2432,0.4770 to graph 0.2756,0.6217 nohead lw 0.4 lc rgb '#555555'
set label 'more, pooled samples' at graph 0.2791,0.6376 center front font ',6'
set label 'flylora 32/8' at graph 0.6077,0.4694 center front font ',6'
plot data skip 1 every ::0::0 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#8C510A' lw 0.8, \
  data skip 1 every ::1::1 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#0072B2' lw 0.8, \
  data skip 1 every ::2::2 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#D55E00' lw 0.8, \
  data skip 1 every ::3::3 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#999933' lw 0.8, \
  data skip 1 every ::4::4 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#009E73' lw 0.8, \
  data skip 1 every ::5::5 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#CC79A7' lw 0.8, \
  data skip 1 every ::6::6 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#E69F00' lw 0.8, \
  data skip 1 every ::0::0 using 3:4 with points lc rgb '#8C510A' pt 15 ps 0.7, \
  data skip 1 every ::1::1 using 3:4 with points lc rgb '#0072B2' pt 7 ps 0.7, \
  data skip 1 every ::2::2 using 3:4 with points lc rgb '#D55E00' pt 5 ps 0.7, \
  data skip 1 every ::3::3 using 3:4 with points lc rgb '#999933' pt 11 ps 0.7, \
  data skip 1 every ::4::4 using 3:4 with points lc rgb '#009E73' pt 9 ps 0.7, \
  data skip 1 every ::5::5 using 3:4 with points lc rgb '#CC79A7' pt 13 ps 0.7, \
  data skip 1 every ::6::6 using 3:4 with points lc rgb '#E69F00' pt 11 ps 0.7, \
  data skip 1 every ::7::11 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
