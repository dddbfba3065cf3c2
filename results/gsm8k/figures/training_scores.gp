# Drawn by rankwise from training_scores.csv; again: gnuplot -e "format='svg'" training_scores.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,228 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.37in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,711 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'training_scores.csv'
set output 'training_scores.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Dev match, one seed' at screen 0.5,0.9578 center font ',7.0'
set yrange [-1:1]
set ytics 0.5
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.0907,0.0443 to screen 0.1495,0.0443 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.1201,0.0443 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'no adapter' at screen 0.1642,0.0443 left font ',7'
set arrow from screen 0.3636,0.0443 to screen 0.4224,0.0443 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.3930,0.0443 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'lora rank=8' at screen 0.4371,0.0443 left font ',7'
set arrow from screen 0.6364,0.0443 to screen 0.6953,0.0443 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.6659,0.0443 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'flylora 32/8' at screen 0.7100,0.0443 left font ',7'
set multiplot
set lmargin at screen 0.1440
set rmargin at screen 0.9529
set bmargin at screen 0.2278
set tmargin at screen 0.9030
set xrange [99.94:101.06]
set xtics ('90' 90,'95' 95,'100' 100,'105' 105,'110' 110)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::0::0 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::1::1 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::2::2 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::0::0 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::1::1 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::2::2 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35
unset label
unset arrow
unset multiplot
