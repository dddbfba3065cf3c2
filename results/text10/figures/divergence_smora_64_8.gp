# Drawn by rankwise from divergence_smora_64_8.csv; again: gnuplot -e "format='svg'" divergence_smora_64_8.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,399 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,4.16in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1248 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'divergence_smora_64_8.csv'
set output 'divergence_smora_64_8.'.format
set encoding utf8
set datafile separator comma
set label 'smora 64/8: ranks that tasks use, 3 seeds. Mean 0.032 bits from' at screen 0.5,0.9760 center font ',7.0'
set label 'the other tasks, 0.0004 if tokens chose independently (those of a' at screen 0.5,0.9447 center font ',7.0'
set label 'text do not). Columns of a layer: query, key, value,' at screen 0.5,0.9135 center font ',7.0'
set label 'attention.output.dense, intermediate.dense, output.dense' at screen 0.5,0.8822 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8510 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:0.3]
set cbtics 0,0.1 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2871,0.0913 size screen 0.6718,0.0168
set label 'Jensen-Shannon divergence, bits' at screen 0.6229,0.0240 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.2871
set rmargin at screen 0.9588
set bmargin at screen 0.5288
set tmargin at screen 0.7933
set title 'from the other tasks'
unset xtics
unset xlabel
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:36.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:1:37:10 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.2871
set rmargin at screen 0.9588
set bmargin at screen 0.2139
set tmargin at screen 0.4784
set title 'if tokens chose independently'
set xtics ('0' 3.5,'1' 9.5,'2' 15.5,'3' 21.5,'4' 27.5,'5' 33.5) scale 0 nomirror offset 0,0.4 font ',7'
set xlabel 'layer' offset 0,0.8
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:36.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:11:37:20 using ($1-1):($2-10):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
