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
set xtics nomirror scale 0.4 offset 0,0.4
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Use of ranks on dev, mean over sites, one seed' at screen 0.5,0.9628 center font ',7.0'
set yrange [0:6]
set ytics 2
set title offset 0,-0.8
unset key
set arrow from screen 0.1980,0.0390 to screen 0.2569,0.0390 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'smora 64/8' at screen 0.2716,0.0390 left font ',7'
set arrow from screen 0.5000,0.0390 to screen 0.5588,0.0390 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'flylora 32/8' at screen 0.5735,0.0390 left font ',7'
set multiplot
set lmargin at screen 0.1289
set rmargin at screen 0.4618
set bmargin at screen 0.6171
set tmargin at screen 0.8699
set title 'entropy, nats' font ',7.0'
set yrange [0:4]
set ytics 1
set xrange [150:151]
set xtics ('' 120,'' 140,'' 160,'' 180)
unset xlabel
plot data skip 1 every ::0::0 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::1::1 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1
unset label
unset arrow
set lmargin at screen 0.6201
set rmargin at screen 0.9529
set bmargin at screen 0.6171
set tmargin at screen 0.8699
set title 'dead ranks, share' font ',7.0'
set yrange [0:0.0015]
set ytics 0.0005
set xrange [150:151]
set xtics ('' 120,'' 140,'' 160,'' 180)
unset xlabel
plot data skip 1 every ::2::2 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::3::3 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1
unset label
unset arrow
set lmargin at screen 0.1289
set rmargin at screen 0.4618
set bmargin at screen 0.2416
set tmargin at screen 0.4944
set title 'load, max / mean' font ',7.0'
set yrange [0:6]
set ytics 2
set xrange [150:151]
set xtics ('120' 120,'140' 140,'160' 160,'180' 180)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::4::4 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::5::5 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1
unset label
unset arrow
set lmargin at screen 0.6201
set rmargin at screen 0.9529
set bmargin at screen 0.2416
set tmargin at screen 0.4944
set title 'balance bias, max - min' font ',6.1'
set yrange [0:0.3]
set ytics 0.1
set xrange [150:151]
set xtics ('120' 120,'140' 140,'160' 160,'180' 180)
set xlabel 'step' offset 0,0.7
plot data skip 1 every ::6::6 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::7::7 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1
unset label
unset arrow
unset multiplot
