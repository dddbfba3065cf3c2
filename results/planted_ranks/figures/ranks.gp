# Drawn by rankwise from ranks.csv; again: gnuplot -e "format='svg'" ranks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,261 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.72in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,816 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'ranks.csv'
set output 'ranks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over tasks and sites and seeds; band:' at screen 0.5,0.9632 center font ',7.0'
set label '95 % t-interval; gate entropy at the end, of a uniform gate''s:' at screen 0.5,0.9154 center font ',7.0'
set label 'frozen 0.98; printed 0.46; printed, r/T 0.35; all prefixes 0.50;' at screen 0.5,0.8676 center font ',7.0'
set label 'gumbel 0.02' at screen 0.5,0.8199 center font ',7.0'
set label 'planted_ranks · tiny (random) · suite planted · seeds 10–19' at screen 0.5,0.7721 center font ',6.0' tc rgb '#555555'
set yrange [1:7]
set ytics 1,1
set title offset 0,-0.8 font ',7.0'
unset key
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.7838
set bmargin at screen 0.1434
set tmargin at screen 0.7316
set xrange [0:1200]
set xtics ('0' 0,'200' 200,'400' 400,'600' 600,'800' 800,'1000' 1000,'1200' 1200)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'mean chosen rank' offset 0.3,0
set arrow from graph 1.0000,0.0153 to graph 1.0608,0.0312 nohead lw 0.6 lc rgb '#332288'
set label 'printed, r/T' at graph 1.0738,0.0312 left font ',6.5'
set arrow from graph 1.0000,0.2236 to graph 1.0608,0.2236 nohead lw 0.6 lc rgb '#009E73'
set label 'printed' at graph 1.0738,0.2236 left font ',6.5'
set arrow from graph 1.0000,0.4583 to graph 1.0608,0.4583 nohead lw 0.6 lc rgb 'black'
set label 'true rank' at graph 1.0738,0.4583 left font ',6.5'
set arrow from graph 1.0000,0.5722 to graph 1.0608,0.5722 nohead lw 0.6 lc rgb '#0072B2'
set label 'all prefixes' at graph 1.0738,0.5722 left font ',6.5'
set arrow from graph 1.0000,0.5889 to graph 1.0608,0.6378 nohead lw 0.6 lc rgb '#D55E00'
set label 'frozen' at graph 1.0738,0.6378 left font ',6.5'
set arrow from graph 1.0000,0.6090 to graph 1.0608,0.7035 nohead lw 0.6 lc rgb '#999933'
set label 'gumbel' at graph 1.0738,0.7035 left font ',6.5'
plot data skip 1 every ::0::24 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::25::49 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::50::74 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0332288', \
  data skip 1 every ::75::99 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::100::124 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0999933', \
  data skip 1 every ::0::24 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::25::49 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::50::74 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::75::99 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::100::124 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::125::126 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
