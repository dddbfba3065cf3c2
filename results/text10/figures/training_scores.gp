# Drawn by rankwise from training_scores.csv; again: gnuplot -e "format='svg'" training_scores.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,422 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,4.4in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1320 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'training_scores.csv'
set output 'training_scores.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Dev scores, mean over seeds; band: lowest to highest seed' at screen 0.5,0.9773 center font ',7.0'
set yrange [0:1]
set ytics 0.5
set title offset 0,-0.8 font ',4.6'
unset key
set arrow from screen 0.0907,0.0534 to screen 0.1495,0.0534 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.1201,0.0534 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'lora rank=8' at screen 0.1642,0.0534 left font ',7'
set arrow from screen 0.3636,0.0534 to screen 0.4224,0.0534 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.3930,0.0534 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'smora 64/8' at screen 0.4371,0.0534 left font ',7'
set arrow from screen 0.6364,0.0534 to screen 0.6953,0.0534 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.6659,0.0534 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'more' at screen 0.7100,0.0534 left font ',7'
set arrow from screen 0.0907,0.0239 to screen 0.1495,0.0239 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.1201,0.0239 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'flylora 32/8' at screen 0.1642,0.0239 left font ',7'
set multiplot
set lmargin at screen 0.1337
set rmargin at screen 0.3872
set bmargin at screen 0.7659
set tmargin at screen 0.9205
set title 'rotten_tomatoes, accuracy'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
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
set lmargin at screen 0.4166
set rmargin at screen 0.6701
set bmargin at screen 0.7659
set tmargin at screen 0.9205
set title 'sms_spam, macro_f1'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::8::9 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::10::11 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::12::13 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::14::15 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::8::9 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::10::11 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::12::13 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::14::15 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.6995
set rmargin at screen 0.9529
set bmargin at screen 0.7659
set tmargin at screen 0.9205
set title 'reuters8, accuracy'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::16::17 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::18::19 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::20::21 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::22::23 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::16::17 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::18::19 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::20::21 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::22::23 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1337
set rmargin at screen 0.3872
set bmargin at screen 0.5614
set tmargin at screen 0.7159
set title 'supersense16, accuracy'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::24::25 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::26::27 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::28::29 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::30::31 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::24::25 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::26::27 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::28::29 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::30::31 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.4166
set rmargin at screen 0.6701
set bmargin at screen 0.5614
set tmargin at screen 0.7159
set title 'boolq, accuracy'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::32::33 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::34::35 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::36::37 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::38::39 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::32::33 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::34::35 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::36::37 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::38::39 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.6995
set rmargin at screen 0.9529
set bmargin at screen 0.5614
set tmargin at screen 0.7159
set title 'privacyqa, macro_f1'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::40::41 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::42::43 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::44::45 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::46::47 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::40::41 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::42::43 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::44::45 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::46::47 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1337
set rmargin at screen 0.3872
set bmargin at screen 0.3568
set tmargin at screen 0.5114
set title 'commonsense_qa, accuracy'
set xrange [70.5:154.5]
set xtics ('' 50,'' 100,'' 150)
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::48::49 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::50::51 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::52::53 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::54::55 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::48::49 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::50::51 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::52::53 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::54::55 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.4166
set rmargin at screen 0.6701
set bmargin at screen 0.3568
set tmargin at screen 0.5114
set title 'social_iqa, accuracy'
set xrange [70.5:154.5]
set xtics ('50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::56::57 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::58::59 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::60::61 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::62::63 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::56::57 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::58::59 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::60::61 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::62::63 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.6995
set rmargin at screen 0.9529
set bmargin at screen 0.3568
set tmargin at screen 0.5114
set title 'vader_tweets, pearson'
set xrange [70.5:154.5]
set xtics ('50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::64::65 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::66::67 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::68::69 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::70::71 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::64::65 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::66::67 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::68::69 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::70::71 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1337
set rmargin at screen 0.3872
set bmargin at screen 0.1523
set tmargin at screen 0.3068
set title 'vader_amazon, pearson'
set xrange [70.5:154.5]
set xtics ('50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::72::73 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::74::75 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::76::77 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::78::79 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::72::73 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::74::75 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::76::77 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::78::79 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
unset multiplot
