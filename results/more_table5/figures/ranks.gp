# Drawn by rankwise from ranks.csv; again: gnuplot -e "format='svg'" ranks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,252 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.63in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,789 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'ranks.csv'
set output 'ranks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over tasks, sites, 3 seeds; band:' at screen 0.5,0.9620 center font ',7.0'
set label '95 % t-interval' at screen 0.5,0.9125 center font ',7.0'
set yrange [1:6]
set ytics 1
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.1459,0.0894 to screen 0.2048,0.0894 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.1754,0.0894 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'more' at screen 0.2195,0.0894 left font ',7'
set arrow from screen 0.5000,0.0894 to screen 0.5588,0.0894 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.5294,0.0894 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'w/o STE' at screen 0.5735,0.0894 left font ',7'
set arrow from screen 0.1459,0.0399 to screen 0.2048,0.0399 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.1754,0.0399 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'all prefixes (ours)' at screen 0.2195,0.0399 left font ',7'
set arrow from screen 0.5000,0.0399 to screen 0.5588,0.0399 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.5294,0.0399 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'gumbel (ours)' at screen 0.5735,0.0399 left font ',7'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.9529
set bmargin at screen 0.2548
set tmargin at screen 0.8631
set xrange [70.5:154.5]
set xtics ('60' 60,'80' 80,'100' 100,'120' 120,'140' 140,'160' 160)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'mean chosen rank' offset 1.2,0
plot data skip 1 every ::0::1 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::2::3 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::4::5 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::6::7 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::0::1 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::2::3 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::4::5 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::6::7 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
unset multiplot
