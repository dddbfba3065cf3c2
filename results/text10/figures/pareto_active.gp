# Drawn by rankwise from pareto_active.csv; again: gnuplot -e "format='svg'" pareto_active.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,284 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.9600000000000004in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,888 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'pareto_active.csv'
set output 'pareto_active.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % t-interval; higher is better; dashed:' at screen 0.5,0.9662 center font ',7.0'
set label 'not dominated' at screen 0.5,0.9223 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8784 center font ',6.0' tc rgb '#555555'
set yrange [62:72]
set ytics 62,2
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.9529
set bmargin at screen 0.1318
set tmargin at screen 0.8412
set nonlinear x via asinh(x/165888) inverse 165888*sinh(x)
set xrange [-49766.4:30301228.1]
set xtics ('0' 0,'200k' 200000,'500k' 500000,'1M' 1000000,'2M' 2000000,'5M' 5000000,'10M' 10000000,'20M' 20000000)
set xlabel 'trained parameters that one token uses' offset 0,0.7
set format y '%g'
set ylabel 'mean test score × 100' offset 0.3,0
set arrow from graph 0.0477,0.2467 to graph 0.1107,0.2316 nohead lw 0.4 lc rgb '#555555'
set label 'linear probe' at graph 0.1770,0.2157 center front font ',6'
set label 'full fine-tuning' at graph 0.8217,0.7578 center front font ',6'
set arrow from graph 0.2807,0.6304 to graph 0.2995,0.7326 nohead lw 0.4 lc rgb '#555555'
set label 'lora rank=8' at graph 0.3024,0.7484 center front font ',6'
set arrow from graph 0.4958,0.7273 to graph 0.4281,0.7757 nohead lw 0.4 lc rgb '#555555'
set label 'lora rank=32' at graph 0.4059,0.7916 center front font ',6'
set label 'smora 64/8' at graph 0.6392,0.6853 center front font ',6'
set label 'more' at graph 0.3276,0.5292 center front font ',6'
set arrow from graph 0.1900,0.7246 to graph 0.1074,0.8032 nohead lw 0.4 lc rgb '#555555'
set label 'flylora 32/8' at graph 0.0907,0.8191 center front font ',6'
set label 'moelora 8x2' at graph 0.5022,0.5562 center front font ',6'
set arrow from graph 0.1146,-0.0167 to graph 0.1231,0.0167 nohead front lw 3 lc rgb 'white'
set arrow from graph 0.1082,-0.0167 to graph 0.1167,0.0167 nohead front lw 0.6 lc rgb 'black'
set arrow from graph 0.1210,-0.0167 to graph 0.1295,0.0167 nohead front lw 0.6 lc rgb 'black'
plot data skip 1 every ::0::0 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#8C510A' lw 0.8, \
  data skip 1 every ::1::1 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#56B4E9' lw 0.8, \
  data skip 1 every ::2::2 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#0072B2' lw 0.8, \
  data skip 1 every ::3::3 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#D55E00' lw 0.8, \
  data skip 1 every ::4::4 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#999933' lw 0.8, \
  data skip 1 every ::5::5 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#009E73' lw 0.8, \
  data skip 1 every ::6::6 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#CC79A7' lw 0.8, \
  data skip 1 every ::7::7 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#999999' lw 0.8, \
  data skip 1 every ::0::0 using 3:4 with points lc rgb '#8C510A' pt 15 ps 0.7, \
  data skip 1 every ::1::1 using 3:4 with points lc rgb '#56B4E9' pt 15 ps 0.7, \
  data skip 1 every ::2::2 using 3:4 with points lc rgb '#0072B2' pt 7 ps 0.7, \
  data skip 1 every ::3::3 using 3:4 with points lc rgb '#D55E00' pt 5 ps 0.7, \
  data skip 1 every ::4::4 using 3:4 with points lc rgb '#999933' pt 11 ps 0.7, \
  data skip 1 every ::5::5 using 3:4 with points lc rgb '#009E73' pt 9 ps 0.7, \
  data skip 1 every ::6::6 using 3:4 with points lc rgb '#CC79A7' pt 12 ps 0.7, \
  data skip 1 every ::7::7 using 3:4 with points lc rgb '#999999' pt 4 ps 0.7, \
  data skip 1 every ::8::14 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
