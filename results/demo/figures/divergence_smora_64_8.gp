# Drawn by rankwise from divergence_smora_64_8.csv; again: gnuplot -e "format='svg'" divergence_smora_64_8.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,273 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.8400000000000003in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,852 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'divergence_smora_64_8.csv'
set output 'divergence_smora_64_8.'.format
set encoding utf8
set datafile separator comma
set label 'smora 64/8: ranks that tasks use, 3 seeds. Mean 0.043 bits from' at screen 0.5,0.9648 center font ',7.0'
set label 'the other tasks, 0.0090 if all were alike, by the halves of each' at screen 0.5,0.9190 center font ',7.0'
set label 'task''s examples. Columns of a layer: query, key, value,' at screen 0.5,0.8732 center font ',7.0'
set label 'attention.output.dense, intermediate.dense, output.dense' at screen 0.5,0.8275 center font ',7.0'
set label 'demo · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.7817 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:0.2]
set cbtics 0,0.05 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2664,0.1338 size screen 0.6924,0.0246
set label 'Jensen-Shannon divergence, bits' at screen 0.6126,0.0352 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.2664
set rmargin at screen 0.9588
set bmargin at screen 0.5423
set tmargin at screen 0.6972
set title 'from the other tasks'
unset xtics
unset xlabel
set ytics ('sms_spam' 1,'supersense16' 2,'rotten_tomatoes' 3,'vader_tweets' 4) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:36.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:1:37:4 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.2664
set rmargin at screen 0.9588
set bmargin at screen 0.3134
set tmargin at screen 0.4683
set title 'if all tasks were alike'
set xtics ('0' 3.5,'1' 9.5,'2' 15.5,'3' 21.5,'4' 27.5,'5' 33.5) scale 0 nomirror offset 0,0.4 font ',7'
set xlabel 'layer' offset 0,0.8
set ytics ('sms_spam' 1,'supersense16' 2,'rotten_tomatoes' 3,'vader_tweets' 4) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:36.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:5:37:8 using ($1-1):($2-4):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
