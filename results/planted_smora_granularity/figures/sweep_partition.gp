# Drawn by rankwise from sweep_partition.csv; again: gnuplot -e "format='svg'" sweep_partition.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,224 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.33in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,699 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'sweep_partition.csv'
set output 'sweep_partition.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % within-seed interval; lower is better' at screen 0.5,0.9571 center font ',7.0'
set label 'planted_smora_granularity · tiny (random) · suite planted · seeds 10–19' at screen 0.5,0.9013 center font ',6.0' tc rgb '#555555'
set yrange [0.35:0.6]
set ytics 0.35,0.05
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1519
set rmargin at screen 0.8492
set bmargin at screen 0.1674
set tmargin at screen 0.8541
set logscale x
set xrange [0.8827029963:9.063071082]
set xtics ('1' 1,'2' 2,'4' 4,'8' 8)
set xlabel 'ranks per expert' offset 0,0.7
set format y '%g'
set ylabel 'mean test relative error' offset 0.3,0
set arrow from graph 0.9464,0.8022 to graph 1.0590,0.8022 nohead lw 0.6 lc rgb '#999999'
set label 'smora' at graph 1.0717,0.8022 left font ',6.5'
plot data skip 1 every ::0::3 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#999999' lw 0.8, \
  data skip 1 every ::0::3 using 3:4 with linespoints lc rgb '#999999' lw 1 dt 1 pt 5 ps 0.35
unset label
unset arrow
unset multiplot
