# Drawn by rankwise from usage_smora_64_8.csv; again: gnuplot -e "format='svg'" usage_smora_64_8.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,488 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,5.08in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1524 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'usage_smora_64_8.csv'
set output 'usage_smora_64_8.'.format
set encoding utf8
set datafile separator comma
set label 'smora 64/8: 6 of 36 sites, seed 0; each site''s ranks from its busiest' at screen 0.5,0.9803 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seed 0' at screen 0.5,0.9547 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:1]
set cbtics 0,0.2 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2871,0.0748 size screen 0.6718,0.0138
set label 'share of dev tokens that used the rank' at screen 0.6229,0.0197 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',6.5'
set multiplot
set lmargin at screen 0.2871
set rmargin at screen 0.6112
set bmargin at screen 0.6909
set tmargin at screen 0.9075
set title '0 query'
unset xtics
unset xlabel
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:1:65:10 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.6347
set rmargin at screen 0.9588
set bmargin at screen 0.6909
set tmargin at screen 0.9075
set title '1 key'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:11:65:20 using ($1-1):($2-10):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.2871
set rmargin at screen 0.6112
set bmargin at screen 0.4331
set tmargin at screen 0.6496
set title '2 value'
unset xtics
unset xlabel
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:21:65:30 using ($1-1):($2-20):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.6347
set rmargin at screen 0.9588
set bmargin at screen 0.4331
set tmargin at screen 0.6496
set title '3 attention.output.dense'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:31:65:40 using ($1-1):($2-30):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.2871
set rmargin at screen 0.6112
set bmargin at screen 0.1752
set tmargin at screen 0.3917
set title '4 intermediate.dense'
set xtics ('1' 1,'10' 10,'20' 20,'30' 30,'40' 40,'50' 50,'60' 60) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank by load' offset 0,0.8
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:41:65:50 using ($1-1):($2-40):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.6347
set rmargin at screen 0.9588
set bmargin at screen 0.1752
set tmargin at screen 0.3917
set title '5 output.dense'
set xtics ('1' 1,'10' 10,'20' 20,'30' 30,'40' 40,'50' 50,'60' 60) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank by load' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:51:65:60 using ($1-1):($2-50):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
