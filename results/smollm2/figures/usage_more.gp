# Drawn by rankwise from usage_more.csv; again: gnuplot -e "format='svg'" usage_more.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,220 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.29in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,687 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'usage_more.csv'
set output 'usage_more.'.format
set encoding utf8
set datafile separator comma
set label 'more: mean over sites; dot: mean chosen rank; gate entropy 0.99' at screen 0.5,0.9563 center font ',7.0'
set label 'of a uniform gate''s, chosen rank at probability 0.18 (uniform' at screen 0.5,0.8996 center font ',7.0'
set label '0.125)' at screen 0.5,0.8428 center font ',7.0'
set label 'smollm2 · llama smollm2-135m · suite commonsense4 · seed 0' at screen 0.5,0.7860 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:1]
set cbtics 0,0.2 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2275,0.1659 size screen 0.7314,0.0306
set label 'share of dev tokens that used the rank' at screen 0.5931,0.0437 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.2275
set rmargin at screen 0.9588
set bmargin at screen 0.3886
set tmargin at screen 0.7380
set xtics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank' offset 0,0.8
set ytics ('openbookqa' 1,'arc_easy' 2,'arc_challenge' 3,'social_iqa' 4) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:8.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:3:1:10:4 using ($1-2):($2-0):3 with @cells, \
  data every ::1::4 using 3:($0+1) with points pt 7 ps 0.45 lc rgb 'black', \
  data every ::1::4 using 3:($0+1) with points pt 7 ps 0.3 lc rgb 'white'
unset colorbox
unset label
unset arrow
unset multiplot
