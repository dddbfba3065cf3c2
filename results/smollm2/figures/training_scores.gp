# Drawn by rankwise from training_scores.csv; again: gnuplot -e "format='svg'" training_scores.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,262 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.73in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,819 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'training_scores.csv'
set output 'training_scores.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Dev scores × 100' at screen 0.5,0.9634 center font ',7.0'
set label 'smollm2 · llama smollm2-135m · suite commonsense4 · seed 0' at screen 0.5,0.9158 center font ',6.0' tc rgb '#555555'
set yrange [20:80]
set ytics 20,20
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.0907,0.0861 to screen 0.1495,0.0861 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.1201,0.0861 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'lora rank=8' at screen 0.1642,0.0861 left font ',7'
set arrow from screen 0.3636,0.0861 to screen 0.4224,0.0861 nohead lc rgb '#999933' lw 1.5 dt 1
set label '' at screen 0.3930,0.0861 point pt 11 ps 0.5 lc rgb '#999933'
set label 'smora 64/8' at screen 0.4371,0.0861 left font ',7'
set arrow from screen 0.6364,0.0861 to screen 0.6953,0.0861 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.6659,0.0861 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'flylora 32/8' at screen 0.7100,0.0861 left font ',7'
set arrow from screen 0.0907,0.0385 to screen 0.1495,0.0385 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.1201,0.0385 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'more' at screen 0.1642,0.0385 left font ',7'
set arrow from screen 0.3636,0.0385 to screen 0.4224,0.0385 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.3930,0.0385 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'no adapter' at screen 0.4371,0.0385 left font ',7'
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.5241
set bmargin at screen 0.5824
set tmargin at screen 0.8315
set title 'openbookqa, acc_norm'
set xrange [-9:159]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 0.3,0
plot data skip 1 every ::0::2 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::3::5 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0999933', \
  data skip 1 every ::6::8 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::9::11 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::12::14 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::0::2 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::3::5 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::6::8 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::9::11 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::12::14 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9529
set bmargin at screen 0.5824
set tmargin at screen 0.8315
set title 'arc_easy, acc_norm'
set xrange [-9:159]
set xtics ('' 0,'' 50,'' 100,'' 150)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::15::17 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::18::20 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0999933', \
  data skip 1 every ::21::23 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::24::26 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::27::29 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::15::17 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::18::20 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::21::23 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::24::26 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::27::29 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1246
set rmargin at screen 0.5241
set bmargin at screen 0.2527
set tmargin at screen 0.5018
set title 'arc_challenge, acc_norm'
set xrange [-9:159]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'dev score' offset 0.3,0
plot data skip 1 every ::30::32 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::33::35 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0999933', \
  data skip 1 every ::36::38 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::39::41 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::42::44 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::30::32 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::33::35 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::36::38 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::39::41 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::42::44 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9529
set bmargin at screen 0.2527
set tmargin at screen 0.5018
set title 'social_iqa, accuracy'
set xrange [-9:159]
set xtics ('0' 0,'50' 50,'100' 100,'150' 150)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::45::47 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::48::50 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0999933', \
  data skip 1 every ::51::53 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::54::56 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::57::59 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::45::47 using 3:4 with linespoints lc rgb '#0072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::48::50 using 3:4 with linespoints lc rgb '#999933' lw 1 dt 1 pt 11 ps 0.35, \
  data skip 1 every ::51::53 using 3:4 with linespoints lc rgb '#CC79A7' lw 1 dt 1 pt 13 ps 0.35, \
  data skip 1 every ::54::56 using 3:4 with linespoints lc rgb '#D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::57::59 using 3:4 with linespoints lc rgb '#009E73' lw 1 dt 1 pt 9 ps 0.35
unset label
unset arrow
unset multiplot
