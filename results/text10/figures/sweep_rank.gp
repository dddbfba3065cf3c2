# Drawn by rankwise from sweep_rank.csv; again: gnuplot -e "format='svg'" sweep_rank.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,224 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.33in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,699 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'sweep_rank.csv'
set output 'sweep_rank.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % within-seed interval; higher is better' at screen 0.5,0.9571 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.9013 center font ',6.0' tc rgb '#555555'
set yrange [64:72]
set ytics 64,2
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.8815
set bmargin at screen 0.1674
set tmargin at screen 0.8541
set logscale x
set xrange [0.7791645797:82.13925744]
set xtics ('1' 1,'2' 2,'4' 4,'8' 8,'16' 16,'32' 32,'64' 64)
set xlabel 'ranks r' offset 0,0.7
set format y '%g'
set ylabel 'mean test score × 100' offset 0.3,0
set arrow from graph 0.9464,0.5897 to graph 1.0544,0.5897 nohead lw 0.6 lc rgb '#882255'
set label 'lora' at graph 1.0661,0.5897 left font ',6.5'
plot data skip 1 every ::0::6 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#882255' lw 0.8, \
  data skip 1 every ::0::6 using 3:4 with linespoints lc rgb '#882255' lw 1 dt (4,3) pt 12 ps 0.35
unset label
unset arrow
unset multiplot
