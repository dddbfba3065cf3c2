# Drawn by rankwise from training_loss.csv; again: gnuplot -e "format='svg'" training_loss.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,224 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.33in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,699 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'training_loss.csv'
set output 'training_loss.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Training loss, mean over seeds, moving mean of 15 steps' at screen 0.5,0.9571 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.9013 center font ',6.0' tc rgb '#555555'
set yrange [0:1.2]
set ytics 0,0.2
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1337
set rmargin at screen 0.7746
set bmargin at screen 0.1674
set tmargin at screen 0.8541
set xrange [1:150]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'training loss' offset 0.3,0
set arrow from graph 1.0000,0.5449 to graph 1.0643,0.5449 nohead lw 0.6 lc rgb '#999933'
set label 'smora 64/8' at graph 1.0780,0.5449 left font ',6.5'
set arrow from graph 1.0000,0.5544 to graph 1.0643,0.6105 nohead lw 0.6 lc rgb '#CC79A7'
set label 'flylora 32/8' at graph 1.0780,0.6105 left font ',6.5'
set arrow from graph 1.0000,0.5614 to graph 1.0643,0.6761 nohead lw 0.6 lc rgb '#0072B2'
set label 'lora rank=8' at graph 1.0780,0.6761 left font ',6.5'
set arrow from graph 1.0000,0.5720 to graph 1.0643,0.7418 nohead lw 0.6 lc rgb '#009E73'
set label 'more' at graph 1.0780,0.7418 left font ',6.5'
plot data skip 1 every ::0::149 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::150::299 using 3:4 with lines lc rgb '#999933' lw 1 dt 1, \
  data skip 1 every ::300::449 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::450::599 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt (4,3)
unset label
unset arrow
unset multiplot
