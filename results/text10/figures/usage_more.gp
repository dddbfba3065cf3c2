# Drawn by rankwise from usage_more.csv; again: gnuplot -e "format='svg'" usage_more.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,277 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.89in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,867 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'usage_more.csv'
set output 'usage_more.'.format
set encoding utf8
set datafile separator comma
set label 'more: mean over sites and seeds; dot: mean chosen rank; gate' at screen 0.5,0.9654 center font ',7.0'
set label 'entropy 0.97 of a uniform gate''s, chosen rank at probability 0.19' at screen 0.5,0.9204 center font ',7.0'
set label '(uniform 0.125)' at screen 0.5,0.8754 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8304 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:1]
set cbtics 0,0.2 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2871,0.1315 size screen 0.6718,0.0242
set label 'share of dev tokens that used the rank' at screen 0.6229,0.0346 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.2871
set rmargin at screen 0.9588
set bmargin at screen 0.3080
set tmargin at screen 0.7924
set xtics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank' offset 0,0.8
set ytics ('rotten_tomatoes' 1,'sms_spam' 2,'reuters8' 3,'supersense16' 4,'boolq' 5,'privacyqa' 6,'commonsense_qa' 7,'social_iqa' 8,'vader_tweets' 9,'vader_amazon' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:8.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:3:1:10:10 using ($1-2):($2-0):3 with @cells, \
  data every ::1::10 using 3:($0+1) with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::1::10 using 3:($0+1) with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
unset multiplot
