# Drawn by rankwise from sweep_density.csv; again: gnuplot -e "format='svg'" sweep_density.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,224 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.33in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,699 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'sweep_density.csv'
set output 'sweep_density.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Mean over seeds, bar: 95 % within-seed interval; lower is better' at screen 0.5,0.9571 center font ',7.0'
set label 'planted_flylora_figure4 · tiny (random) · suite planted · seeds 10–14' at screen 0.5,0.9013 center font ',6.0' tc rgb '#555555'
set yrange [0.83:0.87]
set ytics 0.83,0.01
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1519
set rmargin at screen 0.8491
set bmargin at screen 0.1674
set tmargin at screen 0.8541
set logscale x
set xrange [0.02538288739:1.231144413]
set xtics ('0.03125' 0.03125,'0.125' 0.125,'0.25' 0.25,'0.5' 0.5,'1' 1)
set xlabel 'share of non-zeros ρ' offset 0,0.7
set format y '%g'
set ylabel 'mean test relative error' offset 0.3,0
set arrow from graph 0.9464,0.5920 to graph 1.0591,0.5920 nohead lw 0.6 lc rgb '#56B4E9'
set label 'flylora' at graph 1.0717,0.5920 left font ',6.5'
plot data skip 1 every ::0::4 using 3:5:(0):($6-$5) with vectors heads size screen 0.0059,90 lc rgb '#56B4E9' lw 0.8, \
  data skip 1 every ::0::4 using 3:4 with linespoints lc rgb '#56B4E9' lw 1 dt (4,3) pt 14 ps 0.35
unset label
unset arrow
unset multiplot
