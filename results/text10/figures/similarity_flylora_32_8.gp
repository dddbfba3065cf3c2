# Drawn by rankwise from similarity_flylora_32_8.csv; again: gnuplot -e "format='svg'" similarity_flylora_32_8.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,313 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.2600000000000002in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,978 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'similarity_flylora_32_8.csv'
set output 'similarity_flylora_32_8.'.format
set encoding utf8
set datafile separator comma
set label 'flylora 32/8: Bhattacharyya coefficient of rank usage, mean over' at screen 0.5,0.9693 center font ',7.0'
set label 'sites and seeds; silhouette of families 0.03 ± 0.03 std' at screen 0.5,0.9294 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8896 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0.9:1]
set cbtics 0.9,0.04999999999999999 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.5534,0.1166 size screen 0.3319,0.0215
set label 'Bhattacharyya coefficient of rank usage' at screen 0.6986,0.0307 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.5534
set rmargin at screen 0.8853
set bmargin at screen 0.2423
set tmargin at screen 0.8558
set arrow from graph 1.0100,first 2.0000 to graph 1.0518,first 2.0000 nohead lw 0.7
set arrow from graph 1.0100,first 3.0000 to graph 1.0518,first 3.0000 nohead lw 0.7
set arrow from graph 1.0518,first 2.0000 to graph 1.0518,first 3.0000 nohead lw 0.7
set arrow from graph 1.0518,first 2.5000 to graph 1.0736,first 2.5000 nohead lw 0.7
set arrow from graph 1.0100,first 4.0000 to graph 1.0736,first 4.0000 nohead lw 0.7
set arrow from graph 1.0736,first 2.5000 to graph 1.0736,first 4.0000 nohead lw 0.7
set arrow from graph 1.0100,first 5.0000 to graph 1.0784,first 5.0000 nohead lw 0.7
set arrow from graph 1.0100,first 6.0000 to graph 1.0784,first 6.0000 nohead lw 0.7
set arrow from graph 1.0784,first 5.0000 to graph 1.0784,first 6.0000 nohead lw 0.7
set arrow from graph 1.0100,first 1.0000 to graph 1.0887,first 1.0000 nohead lw 0.7
set arrow from graph 1.0736,first 3.2500 to graph 1.0887,first 3.2500 nohead lw 0.7
set arrow from graph 1.0887,first 1.0000 to graph 1.0887,first 3.2500 nohead lw 0.7
set arrow from graph 1.0100,first 7.0000 to graph 1.1201,first 7.0000 nohead lw 0.7
set arrow from graph 1.0100,first 8.0000 to graph 1.1201,first 8.0000 nohead lw 0.7
set arrow from graph 1.1201,first 7.0000 to graph 1.1201,first 8.0000 nohead lw 0.7
set arrow from graph 1.0887,first 2.1250 to graph 1.1209,first 2.1250 nohead lw 0.7
set arrow from graph 1.0784,first 5.5000 to graph 1.1209,first 5.5000 nohead lw 0.7
set arrow from graph 1.1209,first 2.1250 to graph 1.1209,first 5.5000 nohead lw 0.7
set arrow from graph 1.1209,first 3.8125 to graph 1.1333,first 3.8125 nohead lw 0.7
set arrow from graph 1.1201,first 7.5000 to graph 1.1333,first 7.5000 nohead lw 0.7
set arrow from graph 1.1333,first 3.8125 to graph 1.1333,first 7.5000 nohead lw 0.7
set arrow from graph 1.1333,first 5.6562 to graph 1.1585,first 5.6562 nohead lw 0.7
set arrow from graph 1.0100,first 9.0000 to graph 1.1585,first 9.0000 nohead lw 0.7
set arrow from graph 1.1585,first 5.6562 to graph 1.1585,first 9.0000 nohead lw 0.7
set arrow from graph 1.1585,first 7.3281 to graph 1.1872,first 7.3281 nohead lw 0.7
set arrow from graph 1.0100,first 10.0000 to graph 1.1872,first 10.0000 nohead lw 0.7
set arrow from graph 1.1872,first 7.3281 to graph 1.1872,first 10.0000 nohead lw 0.7
set xtics ('1' 1,'2' 2,'9' 3,'10' 4,'7' 5,'8' 6,'4' 7,'5' 8,'6' 9,'3' 10) scale 0.3 nomirror offset 0,0.4 font ',6'
unset xlabel
set ytics ('1 rotten_tomatoes (sentiment)' 1,'2 sms_spam (spam)' 2,'9 vader_tweets (sentiment)' 3,'10 vader_amazon (sentiment)' 4,'7 commonsense_qa (commonsense)' 5,'8 social_iqa (commonsense)' 6,'4 supersense16 (topic)' 7,'5 boolq (question)' 8,'6 privacyqa (question)' 9,'3 reuters8 (topic)' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:1:11:10 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
