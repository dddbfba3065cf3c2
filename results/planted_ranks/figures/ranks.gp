# Drawn by rankwise from ranks.csv; again: gnuplot -e "format='svg'" ranks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,265 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.76in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,828 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'ranks.csv'
set output 'ranks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over tasks, sites, 10 seeds; band:' at screen 0.5,0.9638 center font ',7.0'
set label '95 % t-interval' at screen 0.5,0.9167 center font ',7.0'
set yrange [1:7]
set ytics 1
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.1056,0.1322 to screen 0.1644,0.1322 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'true' at screen 0.1791,0.1322 left font ',7'
set arrow from screen 0.3685,0.1322 to screen 0.4274,0.1322 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'frozen' at screen 0.4421,0.1322 left font ',7'
set arrow from screen 0.6315,0.1322 to screen 0.6903,0.1322 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'printed' at screen 0.7050,0.1322 left font ',7'
set arrow from screen 0.1056,0.0851 to screen 0.1644,0.0851 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label 'printed, r/T' at screen 0.1791,0.0851 left font ',7'
set arrow from screen 0.3685,0.0851 to screen 0.4274,0.0851 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label 'all prefixes' at screen 0.4421,0.0851 left font ',7'
set arrow from screen 0.6315,0.0851 to screen 0.6903,0.0851 nohead lc rgb '#56B4E9' lw 1.5 dt 1
set label 'gumbel' at screen 0.7050,0.0851 left font ',7'
set arrow from screen 0.1056,0.0380 to screen 0.1644,0.0380 nohead lc rgb 'black' lw 0.8 dt 2
set label 'true rank' at screen 0.1791,0.0380 left font ',7'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.9529
set bmargin at screen 0.2899
set tmargin at screen 0.8696
set xrange [0:1200]
set xtics ('0' 0,'200' 200,'400' 400,'600' 600,'800' 800,'1000' 1000,'1200' 1200)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'mean chosen rank' offset 1.2,0
plot data skip 1 every ::0::24 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D00072B2', \
  data skip 1 every ::25::49 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0D55E00', \
  data skip 1 every ::50::74 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0009E73', \
  data skip 1 every ::75::99 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0CC79A7', \
  data skip 1 every ::100::124 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D0E69F00', \
  data skip 1 every ::125::149 using 3:5:6 with filledcurves fs solid noborder lc rgb '#D056B4E9', \
  data skip 1 every ::0::24 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::25::49 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::50::74 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::75::99 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::100::124 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::125::149 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::150::151 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
