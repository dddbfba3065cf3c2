# Drawn by rankwise from usage_smora_64_8.csv; again: gnuplot -e "format='svg'" usage_smora_64_8.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,271 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.8200000000000003in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,846 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'usage_smora_64_8.csv'
set output 'usage_smora_64_8.'.format
set encoding utf8
set datafile separator comma
set label 'smora 64/8: 6 of 210 sites, seed 0; each site''s ranks from its' at screen 0.5,0.9645 center font ',7.0'
set label 'busiest' at screen 0.5,0.9184 center font ',7.0'
set label 'smollm2 · llama smollm2-135m · suite commonsense4 · seed 0' at screen 0.5,0.8723 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:1]
set cbtics 0,0.2 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.2275,0.1348 size screen 0.7314,0.0248
set label 'share of dev tokens that used the rank' at screen 0.5931,0.0355 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.2275
set rmargin at screen 0.4556
set bmargin at screen 0.5887
set tmargin at screen 0.7872
set title '0 q_proj'
unset xtics
unset xlabel
set ytics ('openbookqa' 1,'arc_easy' 2,'arc_challenge' 3,'social_iqa' 4) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:1:65:4 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.4791
set rmargin at screen 0.7072
set bmargin at screen 0.5887
set tmargin at screen 0.7872
set title '5 down_proj'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:5:65:8 using ($1-1):($2-4):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.7307
set rmargin at screen 0.9588
set bmargin at screen 0.5887
set tmargin at screen 0.7872
set title '11 down_proj'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:9:65:12 using ($1-1):($2-8):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.2275
set rmargin at screen 0.4556
set bmargin at screen 0.3156
set tmargin at screen 0.5142
set title '17 down_proj'
set xtics ('1' 1,'20' 20,'40' 40,'60' 60) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank by load' offset 0,0.8
set ytics ('openbookqa' 1,'arc_easy' 2,'arc_challenge' 3,'social_iqa' 4) scale 0.3 nomirror offset 0.5,0 font ',7'
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:13:65:16 using ($1-1):($2-12):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.4791
set rmargin at screen 0.7072
set bmargin at screen 0.3156
set tmargin at screen 0.5142
set title '23 down_proj'
set xtics ('1' 1,'20' 20,'40' 40,'60' 60) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank by load' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:17:65:20 using ($1-1):($2-16):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.7307
set rmargin at screen 0.9588
set bmargin at screen 0.3156
set tmargin at screen 0.5142
set title '29 down_proj'
set xtics ('1' 1,'20' 20,'40' 40,'60' 60) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'rank by load' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:64.5]
set yrange [4.5:0.5]
plot data matrix every 1:1:2:21:65:24 using ($1-1):($2-20):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
