# Drawn by rankwise from ranks.csv; again: gnuplot -e "format='svg'" ranks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,249 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.5900000000000003in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,777 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'ranks.csv'
set output 'ranks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over tasks and sites and seeds; band:' at screen 0.5,0.9614 center font ',7.0'
set label '95 % t-interval; gate entropy at the end, of a uniform gate''s:' at screen 0.5,0.9112 center font ',7.0'
set label 'more 1.00; more, pooled samples 0.99' at screen 0.5,0.8610 center font ',7.0'
set label 'demo · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8108 center font ',6.0' tc rgb '#555555'
set yrange [1:5]
set ytics 1,1
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.6374
set bmargin at screen 0.1506
set tmargin at screen 0.7683
set xrange [-2.4:42.4]
set xtics ('0' 0,'10' 10,'20' 20,'30' 30,'40' 40)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'mean chosen rank' offset 0.3,0
set arrow from graph 0.9464,0.7257 to graph 1.0776,0.7257 nohead lw 0.6 lc rgb '#009E73'
set label 'more' at graph 1.0942,0.7257 left font ',6.5'
set arrow from graph 0.9464,0.7274 to graph 1.0776,0.7913 nohead lw 0.6 lc rgb '#CC79A7'
set label 'more, pooled samples' at graph 1.0942,0.7913 left font ',6.5'
plot data skip 1 every ::0::5 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::6::11 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::0::5 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::6::11 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
unset multiplot
