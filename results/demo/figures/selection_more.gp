# Drawn by rankwise from selection_more.csv; again: gnuplot -e "format='svg'" selection_more.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,345 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.5900000000000003in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1077 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'selection_more.csv'
set output 'selection_more.'.format
set encoding utf8
set datafile separator comma
set label 'more: probability of each rank, mean over sites and seeds; dot:' at screen 0.5,0.9721 center font ',7.0'
set label 'mean chosen rank; gate entropy 1.00 of a uniform gate''s, chosen' at screen 0.5,0.9359 center font ',7.0'
set label 'rank at probability 0.16 (uniform 0.125)' at screen 0.5,0.8997 center font ',7.0'
set label 'demo · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8635 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:0.2]
set cbtics 0,0.05 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.1064,0.1058 size screen 0.8524,0.0195
set label 'probability of the selector' at screen 0.5326,0.0279 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.5209
set bmargin at screen 0.5515
set tmargin at screen 0.7967
set title 'sms_spam'
unset xtics
unset xlabel
set ytics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'rank' offset 0.3,0
set xrange [0.5:6.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:3:1:10:6 using ($2-0):($1-2):3 with @cells, \
  data every ::1::6 using ($0+1):3 with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::1::6 using ($0+1):3 with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5444
set rmargin at screen 0.9588
set bmargin at screen 0.5515
set tmargin at screen 0.7967
set title 'supersense16'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:6.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:3:7:10:12 using ($2-6):($1-2):3 with @cells, \
  data every ::7::12 using ($0+1):3 with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::7::12 using ($0+1):3 with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.5209
set bmargin at screen 0.2479
set tmargin at screen 0.4930
set title 'rotten_tomatoes'
set xtics ('0' 1,'8' 2,'16' 3,'24' 4,'32' 5,'40' 6) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'step' offset 0,0.8
set ytics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'rank' offset 0.3,0
set xrange [0.5:6.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:3:13:10:18 using ($2-12):($1-2):3 with @cells, \
  data every ::13::18 using ($0+1):3 with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::13::18 using ($0+1):3 with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5444
set rmargin at screen 0.9588
set bmargin at screen 0.2479
set tmargin at screen 0.4930
set title 'vader_tweets'
set xtics ('0' 1,'8' 2,'16' 3,'24' 4,'32' 5,'40' 6) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'step' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:6.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:3:19:10:24 using ($2-18):($1-2):3 with @cells, \
  data every ::19::24 using ($0+1):3 with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::19::24 using ($0+1):3 with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
unset multiplot
