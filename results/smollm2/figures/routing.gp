# Drawn by rankwise from routing.csv; again: gnuplot -e "format='svg'" routing.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,258 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.69in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,807 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'routing.csv'
set output 'routing.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Use of ranks on dev, mean over sites, one seed' at screen 0.5,0.9628 center font ',7.0'
set yrange [0:4]
set ytics 1
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.2341,0.0390 to screen 0.2929,0.0390 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.2635,0.0390 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'smora 64/8' at screen 0.3076,0.0390 left font ',7'
set arrow from screen 0.5000,0.0390 to screen 0.5588,0.0390 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.5294,0.0390 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'flylora 32/8' at screen 0.5735,0.0390 left font ',7'
set multiplot
set lmargin at screen 0.0931
set rmargin at screen 0.4618
set bmargin at screen 0.6171
set tmargin at screen 0.8699
set title 'entropy, nats'
set yrange [0:4]
set ytics 1
set xrange [0:150]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::0::2 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::3::5 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5842
set rmargin at screen 0.9529
set bmargin at screen 0.6171
set tmargin at screen 0.8699
set title 'dead ranks, share'
set yrange [0:0.08]
set ytics 0.02
set xrange [0:150]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::6::8 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::9::11 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35
unset label
unset arrow
set lmargin at screen 0.0931
set rmargin at screen 0.4618
set bmargin at screen 0.2416
set tmargin at screen 0.4944
set title 'load, max / mean'
set yrange [0:6]
set ytics 2
set xrange [0:150]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::12::14 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::15::17 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5842
set rmargin at screen 0.9529
set bmargin at screen 0.2416
set tmargin at screen 0.4944
set title 'balance bias, max - min'
set yrange [0:0.3]
set ytics 0.1
set xrange [0:150]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::18::20 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::21::23 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35
unset label
unset arrow
unset multiplot
