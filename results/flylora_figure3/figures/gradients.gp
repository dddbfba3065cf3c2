# Drawn by rankwise from gradients.csv; again: gnuplot -e "format='svg'" gradients.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,432 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,4.5in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1350 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'gradients.csv'
set output 'gradients.'.format
set encoding utf8
set datafile separator comma
set label 'encoder.layer.5.output.dense; in brackets: mean absolute' at screen 0.5,0.9778 center font ',7.0'
set label 'correlation of all columns, 0.005 at least, of independent entries' at screen 0.5,0.9489 center font ',7.0'
set label 'flylora_figure3 · bert minilm-l6 · suite text10 · seed 0' at screen 0.5,0.9200 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#2166ac', 1 '#67a9cf', 2 '#d1e5f0', 3 '#f7f7f7', 4 '#fddbc7', 5 '#ef8a62', 6 '#b2182b')
set cbrange [-1:1]
set cbtics -1,0.5 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.1246,0.0844 size screen 0.8342,0.0156
set label 'correlation of the columns'' gradients' at screen 0.5417,0.0222 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.1246
set rmargin at screen 0.5300
set bmargin at screen 0.5556
set tmargin at screen 0.8667
set title 'lora r=32 (0.28)'
unset xtics
unset xlabel
set ytics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'column of B' offset 0.3,0
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:1:11:10 using ($1-1):($2-0):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9588
set bmargin at screen 0.5556
set tmargin at screen 0.8667
set title 'lora-fa r=32 (0.20)'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:11:11:20 using ($1-1):($2-10):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.1246
set rmargin at screen 0.5300
set bmargin at screen 0.1978
set tmargin at screen 0.5089
set title 'flylora, all 32 (0.19)'
set xtics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0,0.4 font ',6'
set xlabel 'column of B' offset 0,0.8
set ytics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'column of B' offset 0.3,0
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:21:11:30 using ($1-1):($2-20):3 with @cells
unset colorbox
unset label
unset arrow
set lmargin at screen 0.5535
set rmargin at screen 0.9588
set bmargin at screen 0.1978
set tmargin at screen 0.5089
set title 'flylora 32/8 (0.17)'
set xtics ('1' 1,'2' 2,'11' 3,'12' 4,'16' 5,'20' 6,'21' 7,'24' 8,'28' 9,'32' 10) scale 0.3 nomirror offset 0,0.4 font ',6'
set xlabel 'column of B' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:10.5]
set yrange [10.5:0.5]
plot data matrix every 1:1:2:31:11:40 using ($1-1):($2-30):3 with @cells
unset colorbox
unset label
unset arrow
unset multiplot
