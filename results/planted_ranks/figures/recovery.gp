# Drawn by rankwise from recovery.csv; again: gnuplot -e "format='svg'" recovery.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,340 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.5400000000000005in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1062 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'recovery.csv'
set output 'recovery.'.format
set encoding utf8
set datafile separator comma
set label 'Chosen against true rank over sites, tasks and seeds, last' at screen 0.5,0.9718 center font ',7.0'
set label 'evaluation' at screen 0.5,0.9350 center font ',7.0'
set label 'planted_ranks · tiny (random) · suite planted · seeds 10–19' at screen 0.5,0.8983 center font ',6.0' tc rgb '#555555'
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set cbrange [0:1]
set cbtics 0,0.2 scale 0.3 offset 0,0.45
set colorbox horizontal user origin screen 0.1064,0.1073 size screen 0.8524,0.0198
set label 'share of the sites and tasks of that true rank' at screen 0.5326,0.0282 center font ',7'
set border lw 0.5
unset key
set title offset 0,-0.8 font ',7.0'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.3749
set bmargin at screen 0.5706
set tmargin at screen 0.8305
set title 'true'
unset xtics
unset xlabel
set ytics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'chosen' offset 0.3,0
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:1:9:4 using ($2-0):($1-1):3 with @cells, \
  data matrix every 1:1:2:1:9:4 using ($3<0.55?($2-0):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:1:9:4 using (!($3<0.55)?($2-0):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6668
set bmargin at screen 0.5706
set tmargin at screen 0.8305
set title 'frozen'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:5:9:8 using ($2-4):($1-1):3 with @cells, \
  data matrix every 1:1:2:5:9:8 using ($3<0.55?($2-4):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:5:9:8 using (!($3<0.55)?($2-4):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9588
set bmargin at screen 0.5706
set tmargin at screen 0.8305
set title 'printed'
unset xtics
unset xlabel
unset ytics
unset ylabel
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:9:9:12 using ($2-8):($1-1):3 with @cells, \
  data matrix every 1:1:2:9:9:12 using ($3<0.55?($2-8):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:9:9:12 using (!($3<0.55)?($2-8):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.3749
set bmargin at screen 0.2514
set tmargin at screen 0.5113
set title 'printed, r/T'
set xtics ('1' 1,'2' 2,'4' 3,'8' 4) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'true rank' offset 0,0.8
set ytics ('1' 1,'2' 2,'3' 3,'4' 4,'5' 5,'6' 6,'7' 7,'8' 8) scale 0.3 nomirror offset 0.5,0 font ',7'
set ylabel 'chosen' offset 0.3,0
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:13:9:16 using ($2-12):($1-1):3 with @cells, \
  data matrix every 1:1:2:13:9:16 using ($3<0.55?($2-12):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:13:9:16 using (!($3<0.55)?($2-12):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6668
set bmargin at screen 0.2514
set tmargin at screen 0.5113
set title 'all prefixes'
set xtics ('1' 1,'2' 2,'4' 3,'8' 4) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'true rank' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:17:9:20 using ($2-16):($1-1):3 with @cells, \
  data matrix every 1:1:2:17:9:20 using ($3<0.55?($2-16):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:17:9:20 using (!($3<0.55)?($2-16):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9588
set bmargin at screen 0.2514
set tmargin at screen 0.5113
set title 'gumbel'
set xtics ('1' 1,'2' 2,'4' 3,'8' 4) scale 0.3 nomirror offset 0,0.4 font ',7'
set xlabel 'true rank' offset 0,0.8
unset ytics
unset ylabel
set xrange [0.5:4.5]
set yrange [0.5:8.5]
plot data matrix every 1:1:2:21:9:24 using ($2-20):($1-1):3 with @cells, \
  data matrix every 1:1:2:21:9:24 using ($3<0.55?($2-20):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'white' font ',6', \
  data matrix every 1:1:2:21:9:24 using (!($3<0.55)?($2-20):NaN):($1-1):(sprintf('%.2f',$3)) with labels tc rgb 'black' font ',6'
unset colorbox
unset label
unset arrow
unset multiplot
