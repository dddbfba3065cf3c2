# Drawn by rankwise from gradients.csv; again: gnuplot -e "format='svg'" gradients.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,421 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,4.39in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1317 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'gradients.csv'
set output 'gradients.'.format
set encoding utf8
set datafile separator comma
set label 'encoder.layer.5.output.dense, first seed; in brackets: mean' at screen 0.5,0.9772 center font ',7.0'
set label 'absolute correlation of all columns' at screen 0.5,0.9476 center font ',7.0'
set palette defined (0 '#2166ac', 1 '#67a9cf', 2 '#d1e5f0', 3 '#f7f7f7', 4 '#fddbc7', 5 '#ef8a62', 6 '#b2182b')
set cbrange [-1:1]
set cbtics -1,0.5 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.1246,0.0866 size screen 0.8342,0.0159
set cblabel 'correlation of the columns'' gradients' offset 0,1.1
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.5300
set bmargin at screen 0.5695
set tmargin at screen 0.8884
set title 'lora r=32 (0.28)'
unset xtics
unset xlabel
set ytics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'column of B' offset 0.3,0
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:1:11:10 using ($1-1):($2-0):3 with image
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9588
set bmargin at screen 0.5695
set tmargin at screen 0.8884
set title 'lora-fa r=32 (0.20)'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:11:11:20 using ($1-1):($2-10):3 with image
unset colorbox
unset label
unset arrow
set lmargin at screen 0.1246
set rmargin at screen 0.5300
set bmargin at screen 0.2027
set tmargin at screen 0.5216
set title 'flylora, all 32 (0.19)'
set xtics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0,0.4 font ',5.5'
set xlabel 'column of B' offset 0,0.8
set ytics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'column of B' offset 0.3,0
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:21:11:30 using ($1-1):($2-20):3 with image
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9588
set bmargin at screen 0.2027
set tmargin at screen 0.5216
set title 'flylora 32/8 (0.17)'
set xtics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0,0.4 font ',5.5'
set xlabel 'column of B' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:31:11:40 using ($1-1):($2-30):3 with image
unset colorbox
unset label
unset arrow
unset multiplot
