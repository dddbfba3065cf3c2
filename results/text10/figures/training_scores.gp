# Drawn by rankwise from training_scores.csv; again: gnuplot -e "format='svg'" training_scores.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,378 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.9400000000000004in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1182 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'training_scores.csv'
set output 'training_scores.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set yrange [0.2:1.0]
set ytics 0.2
set xrange [0:150]
set xtics (0,75,150)
set title offset 0,-0.9 font ',6'
unset key
set arrow from screen 0.0907,0.0596 to screen 0.1495,0.0596 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label '' at screen 0.1201,0.0596 point pt 7 ps 0.5 lc rgb '#0072B2'
set label 'lora rank=8' at screen 0.1642,0.0596 left font ',7'
set arrow from screen 0.3636,0.0596 to screen 0.4224,0.0596 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label '' at screen 0.3930,0.0596 point pt 5 ps 0.5 lc rgb '#D55E00'
set label 'smora 64/8' at screen 0.4371,0.0596 left font ',7'
set arrow from screen 0.6364,0.0596 to screen 0.6953,0.0596 nohead lc rgb '#009E73' lw 1.5 dt 1
set label '' at screen 0.6659,0.0596 point pt 9 ps 0.5 lc rgb '#009E73'
set label 'more' at screen 0.7100,0.0596 left font ',7'
set arrow from screen 0.0907,0.0266 to screen 0.1495,0.0266 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label '' at screen 0.1201,0.0266 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label 'flylora 32/8' at screen 0.1642,0.0266 left font ',7'
set multiplot
set lmargin at screen 0.1235
set rmargin at screen 0.3569
set bmargin at screen 0.7919
set tmargin at screen 0.9492
set title 'rotten_tomatoes'
set label 1000 'accuracy' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::0::1 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::20::21 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::40::41 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::60::61 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::0::1 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::20::21 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::40::41 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::60::61 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.4157
set rmargin at screen 0.6490
set bmargin at screen 0.7919
set tmargin at screen 0.9492
set title 'sms_spam'
set label 1000 'macro_f1' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::2::3 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::22::23 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::42::43 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::62::63 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::2::3 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::22::23 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::42::43 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::62::63 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.7078
set rmargin at screen 0.9412
set bmargin at screen 0.7919
set tmargin at screen 0.9492
set title 'reuters8'
set label 1000 'macro_f1' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::4::5 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::24::25 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::44::45 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::64::65 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::4::5 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::24::25 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::44::45 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::64::65 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1235
set rmargin at screen 0.3569
set bmargin at screen 0.5838
set tmargin at screen 0.7411
set title 'supersense16'
set label 1000 'accuracy' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::6::7 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::26::27 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::46::47 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::66::67 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::6::7 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::26::27 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::46::47 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::66::67 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.4157
set rmargin at screen 0.6490
set bmargin at screen 0.5838
set tmargin at screen 0.7411
set title 'boolq'
set label 1000 'accuracy' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::8::9 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::28::29 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::48::49 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::68::69 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::8::9 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::28::29 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::48::49 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::68::69 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.7078
set rmargin at screen 0.9412
set bmargin at screen 0.5838
set tmargin at screen 0.7411
set title 'privacyqa'
set label 1000 'macro_f1' at graph 0.97,0.12 right font ',5.5'
set format x ''
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::10::11 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::30::31 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::50::51 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::70::71 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::10::11 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::30::31 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::50::51 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::70::71 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1235
set rmargin at screen 0.3569
set bmargin at screen 0.3756
set tmargin at screen 0.5330
set title 'commonsense_qa'
set label 1000 'accuracy' at graph 0.97,0.88 right font ',5.5'
set format x ''
unset xlabel
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::12::13 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::32::33 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::52::53 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::72::73 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::12::13 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::32::33 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::52::53 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::72::73 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.4157
set rmargin at screen 0.6490
set bmargin at screen 0.3756
set tmargin at screen 0.5330
set title 'social_iqa'
set label 1000 'accuracy' at graph 0.97,0.88 right font ',5.5'
set format x '%g'
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::14::15 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::34::35 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::54::55 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::74::75 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::14::15 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::34::35 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::54::55 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::74::75 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.7078
set rmargin at screen 0.9412
set bmargin at screen 0.3756
set tmargin at screen 0.5330
set title 'vader_tweets'
set label 1000 'pearson' at graph 0.97,0.12 right font ',5.5'
set format x '%g'
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::16::17 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::36::37 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::56::57 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::76::77 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::16::17 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::36::37 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::56::57 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::76::77 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
set lmargin at screen 0.1235
set rmargin at screen 0.3569
set bmargin at screen 0.1675
set tmargin at screen 0.3249
set title 'vader_amazon'
set label 1000 'pearson' at graph 0.97,0.12 right font ',5.5'
set format x '%g'
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'dev score' offset 1.2,0
plot data skip 1 every ::18::19 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::38::39 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::58::59 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::78::79 using 4:6:7 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::18::19 using 4:5 with linespoints lc rgb '#000072B2' lw 1 dt 1 pt 7 ps 0.35, \
  data skip 1 every ::38::39 using 4:5 with linespoints lc rgb '#00D55E00' lw 1 dt 1 pt 5 ps 0.35, \
  data skip 1 every ::58::59 using 4:5 with linespoints lc rgb '#00009E73' lw 1 dt 1 pt 9 ps 0.35, \
  data skip 1 every ::78::79 using 4:5 with linespoints lc rgb '#00CC79A7' lw 1 dt 1 pt 13 ps 0.35
unset label
unset arrow
unset multiplot
