# Drawn by rankwise from routing.csv; again: gnuplot -e "format='svg'" routing.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,271 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.82in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,846 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'routing.csv'
set output 'routing.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Use of ranks on dev, mean over sites, one seed' at screen 0.5,0.9645 center font ',7.0'
set label 'smollm2 · llama smollm2-135m · suite commonsense4 · seed 0' at screen 0.5,0.9184 center font ',6.0' tc rgb '#555555'
set yrange [0:4]
set ytics 0,1
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.2341,0.0372 to screen 0.2929,0.0372 nohead lc rgb '#999933' lw 1.5 dt 1
set label '' at screen 0.2635,0.0372 point pt 11 ps 0.5 lc rgb '#999933'
set label 'smora 64/8' at screen 0.3076,0.0372 left font ',7'
set arrow from screen 0.5000,0.0372 to screen 0.5588,0.0372 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.5294,0.0372 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'flylora 32/8' at screen 0.5735,0.0372 left font ',7'
set multiplot
set lmargin at screen 0.0931
set rmargin at screen 0.4618
set bmargin at screen 0.5957
set tmargin at screen 0.8369
set title 'entropy, nats'
set yrange [0:4]
set ytics 0,1
set xrange [0:150]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::0::2 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::3::5 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5842
set rmargin at screen 0.9529
set bmargin at screen 0.5957
set tmargin at screen 0.8369
set title 'dead ranks, share'
set yrange [0:0.08]
set ytics 0,0.02
set xrange [0:150]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::6::8 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::9::11 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.0931
set rmargin at screen 0.4618
set bmargin at screen 0.2376
set tmargin at screen 0.4787
set title 'load, max / mean'
set yrange [0:6]
set ytics 0,2
set xrange [0:150]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::12::14 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::15::17 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5842
set rmargin at screen 0.9529
set bmargin at screen 0.2376
set tmargin at screen 0.4787
set title 'balance bias, max - min'
set yrange [0:0.3]
set ytics 0,0.1
set xrange [0:150]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::18::20 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::21::23 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
unset multiplot
