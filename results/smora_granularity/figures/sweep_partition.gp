# Drawn by rankwise from sweep_partition.csv; again: gnuplot -e "format='svg'" sweep_partition.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,228 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.37in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,711 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'sweep_partition.csv'
set output 'sweep_partition.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % t-interval; higher is better' at screen 0.5,0.9578 center font ',7.0'
set yrange [0.675:0.705]
set ytics 0.005
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.4038,0.0443 to screen 0.4626,0.0443 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.4332,0.0443 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'smora' at screen 0.4773,0.0443 left font ',7'
set multiplot
set lmargin at screen 0.1701
set rmargin at screen 0.9529
set bmargin at screen 0.2278
set tmargin at screen 0.9030
set logscale x
set xrange [0.8827029963:9.063071082]
set xtics ('1' 1,'2' 2,'4' 4,'8' 8)
set xlabel 'partition' offset 0,0.7
set format y '%g'
set ylabel 'mean test score' offset 1.2,0
plot data skip 1 every ::0::3 using 3:4:5:6 with yerrorbars lc rgb '#0072B2' lw 0.8 pt -1, \
  data skip 1 every ::0::3 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35
unset label
unset arrow
unset multiplot
