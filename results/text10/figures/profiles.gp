# Drawn by rankwise from profiles.csv; again: gnuplot -e "format='svg'" profiles.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,240 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.5in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,750 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'profiles.csv'
set output 'profiles.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Performance profiles over runs and tasks; band: 95 % bootstrap' at screen 0.5,0.9600 center font ',7.0'
set yrange [0:1]
set ytics 0.2
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.0634,0.0940 to screen 0.1222,0.0940 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'linear probe' at screen 0.1369,0.0940 left font ',7'
set arrow from screen 0.3545,0.0940 to screen 0.4133,0.0940 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'lora rank=8' at screen 0.4280,0.0940 left font ',7'
set arrow from screen 0.6455,0.0940 to screen 0.7044,0.0940 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'lora rank=32' at screen 0.7191,0.0940 left font ',7'
set arrow from screen 0.0634,0.0420 to screen 0.1222,0.0420 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label 'smora 64/8' at screen 0.1369,0.0420 left font ',7'
set arrow from screen 0.3545,0.0420 to screen 0.4133,0.0420 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label 'more' at screen 0.4280,0.0420 left font ',7'
set arrow from screen 0.6455,0.0420 to screen 0.7044,0.0420 nohead lc rgb '#56B4E9' lw 1.5 dt 1
set label 'flylora 32/8' at screen 0.7191,0.0420 left font ',7'
set multiplot
set lmargin at screen 0.1337
set rmargin at screen 0.9529
set bmargin at screen 0.2680
set tmargin at screen 0.9080
set xrange [0.248:0.9864121204]
set xtics ('0.2' 0.2,'0.4' 0.4,'0.6' 0.6,'0.8' 0.8,'1' 1)
set xlabel 'threshold of test scores' offset 0,0.7
set format y '%g'
set ylabel 'share of runs above' offset 1.2,0
plot data skip 1 every ::0::268 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::269::537 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::538::806 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::807::1075 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::1076::1344 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::1345::1613 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D056B4E9', \
  data skip 1 every ::0::268 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::269::537 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::538::806 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::807::1075 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::1076::1344 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::1345::1613 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1
unset label
unset arrow
unset multiplot
