# Drawn by rankwise from training_loss.csv; again: gnuplot -e "format='svg'" training_loss.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,218 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.27in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,681 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'training_loss.csv'
set output 'training_loss.'.format
set encoding utf8
set datafile separator comma
set lmargin at screen 0.1324
set rmargin at screen 0.9559
set bmargin at screen 0.2511
set tmargin at screen 0.9559
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set arrow from screen 0.0907,0.0463 to screen 0.1495,0.0463 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'no adapter' at screen 0.1642,0.0463 left font ',7'
set arrow from screen 0.3636,0.0463 to screen 0.4224,0.0463 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'lora rank=8' at screen 0.4371,0.0463 left font ',7'
set arrow from screen 0.6364,0.0463 to screen 0.6953,0.0463 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'flylora 32/8' at screen 0.7100,0.0463 left font ',7'
unset key
set xlabel 'step' offset 0,0.6
set ylabel 'training loss, mean of 10 steps' offset 1.2,0
set yrange [0:*]
set xrange [0:*]
plot data skip 1 every ::0::99 using 2:3 with lines lc rgb '#C00072B2' lw 0.5 dt 1, \
  data skip 1 every ::100::199 using 2:3 with lines lc rgb '#C0D55E00' lw 0.5 dt 1, \
  data skip 1 every ::200::299 using 2:3 with lines lc rgb '#C0009E73' lw 0.5 dt 1, \
  data skip 1 every ::0::99 using 2:4 with lines lc rgb '#000072B2' lw 1.5 dt 1, \
  data skip 1 every ::100::199 using 2:4 with lines lc rgb '#00D55E00' lw 1.5 dt 1, \
  data skip 1 every ::200::299 using 2:4 with lines lc rgb '#00009E73' lw 1.5 dt 1
