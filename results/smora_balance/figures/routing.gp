# Drawn by rankwise from routing.csv; again: gnuplot -e "format='svg'" routing.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,271 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.82in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,846 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'routing.csv'
set output 'routing.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Use of ranks on dev, mean over sites; band: 95 % t-interval' at screen 0.5,0.9645 center font ',7.0'
set yrange [0:6]
set ytics 2
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.0439,0.0833 to screen 0.1028,0.0833 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.0733,0.0833 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'smora' at screen 0.1175,0.0833 left font ',7'
set arrow from screen 0.3480,0.0833 to screen 0.4068,0.0833 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.3774,0.0833 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'w/o balancing' at screen 0.4215,0.0833 left font ',7'
set arrow from screen 0.6520,0.0833 to screen 0.7108,0.0833 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.6814,0.0833 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'balance 1e-3' at screen 0.7256,0.0833 left font ',7'
set arrow from screen 0.0439,0.0372 to screen 0.1028,0.0372 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.0733,0.0372 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'released code' at screen 0.1175,0.0372 left font ',7'
set arrow from screen 0.3480,0.0372 to screen 0.4068,0.0372 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label '' at screen 0.3774,0.0372 point pt 11 ps 0.5 lc rgb '#E69F00'
set label 'softmax gate' at screen 0.4215,0.0372 left font ',7'
set multiplot
set lmargin at screen 0.1113
set rmargin at screen 0.4618
set bmargin at screen 0.6348
set tmargin at screen 0.8759
set title 'entropy, nats'
set yrange [0:6]
set ytics 2
set xrange [75:150]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::0::1 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::2::3 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::4::5 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::6::7 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::8::9 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::0::1 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::2::3 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::4::5 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::6::7 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::8::9 using 3:4 with linespoints lc rgb '#E69F00' lw 1 dt 1 pt 11 ps 0.35
unset label
unset arrow
set lmargin at screen 0.6024
set rmargin at screen 0.9529
set bmargin at screen 0.6348
set tmargin at screen 0.8759
set title 'dead ranks, share'
set yrange [0:0.004]
set ytics 0.001
set xrange [75:150]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
plot data skip 1 every ::10::11 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::12::13 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::14::15 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::16::17 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::18::19 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::10::11 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::12::13 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::14::15 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::16::17 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::18::19 using 3:4 with linespoints lc rgb '#E69F00' lw 1 dt 1 pt 11 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1113
set rmargin at screen 0.4618
set bmargin at screen 0.2766
set tmargin at screen 0.5177
set title 'load, max / mean'
set yrange [0:6]
set ytics 2
set xrange [75:150]
set xtics ('50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::20::21 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::22::23 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::24::25 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::26::27 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::28::29 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::20::21 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::22::23 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::24::25 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::26::27 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::28::29 using 3:4 with linespoints lc rgb '#E69F00' lw 1 dt 1 pt 11 ps 0.35
unset label
unset arrow
set lmargin at screen 0.6024
set rmargin at screen 0.9529
set bmargin at screen 0.2766
set tmargin at screen 0.5177
set title 'balance bias, max - min'
set yrange [0:0.3]
set ytics 0.1
set xrange [75:150]
set xtics ('50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::30::31 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::32::33 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::34::35 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::36::37 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::38::39 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::30::31 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::32::33 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::34::35 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::36::37 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::38::39 using 3:4 with linespoints lc rgb '#E69F00' lw 1 dt 1 pt 11 ps 0.35
unset label
unset arrow
unset multiplot
