# Drawn by rankwise from ranks_tasks.csv; again: gnuplot -e "format='svg'" ranks_tasks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,361 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.76in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1128 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'ranks_tasks.csv'
set output 'ranks_tasks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over sites and seeds' at screen 0.5,0.9734 center font ',7.0'
set label 'planted_ranks · tiny (random) · suite planted · seeds 10–19' at screen 0.5,0.9388 center font ',6.0' tc rgb '#555555'
set yrange [1:7]
set ytics 1,2
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.1056,0.0971 to screen 0.1644,0.0971 nohead lc rgb '#999999' lw 1.5 dt 1
set label 'true' at screen 0.1791,0.0971 left font ',7'
set arrow from screen 0.3685,0.0971 to screen 0.4274,0.0971 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'frozen' at screen 0.4421,0.0971 left font ',7'
set arrow from screen 0.6315,0.0971 to screen 0.6903,0.0971 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'printed' at screen 0.7050,0.0971 left font ',7'
set arrow from screen 0.1056,0.0625 to screen 0.1644,0.0625 nohead lc rgb '#332288' lw 1.5 dt 1
set label 'printed, r/T' at screen 0.1791,0.0625 left font ',7'
set arrow from screen 0.3685,0.0625 to screen 0.4274,0.0625 nohead lc rgb '#0072B2' lw 1.5 dt (4,3)
set label 'all prefixes' at screen 0.4421,0.0625 left font ',7'
set arrow from screen 0.6315,0.0625 to screen 0.6903,0.0625 nohead lc rgb '#999933' lw 1.5 dt (4,3)
set label 'gumbel' at screen 0.7050,0.0625 left font ',7'
set arrow from screen 0.1056,0.0279 to screen 0.1644,0.0279 nohead lc rgb 'black' lw 0.8 dt 2
set label 'true rank' at screen 0.1791,0.0279 left font ',7'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.6968
set tmargin at screen 0.8777
set title 'planted0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::0::24 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::25::49 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::50::74 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::75::99 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::100::124 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::125::149 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::150::151 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.6968
set tmargin at screen 0.8777
set title 'planted1'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::152::176 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::177::201 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::202::226 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::227::251 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::252::276 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::277::301 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::302::303 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9529
set bmargin at screen 0.6968
set tmargin at screen 0.8777
set title 'planted2'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::304::328 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::329::353 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::354::378 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::379::403 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::404::428 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::429::453 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::454::455 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.4574
set tmargin at screen 0.6383
set title 'planted3'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::456::480 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::481::505 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::506::530 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::531::555 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::556::580 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::581::605 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::606::607 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.4574
set tmargin at screen 0.6383
set title 'planted4'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::608::632 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::633::657 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::658::682 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::683::707 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::708::732 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::733::757 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::758::759 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9529
set bmargin at screen 0.4574
set tmargin at screen 0.6383
set title 'planted5'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::760::784 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::785::809 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::810::834 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::835::859 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::860::884 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::885::909 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::910::911 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.2181
set tmargin at screen 0.3989
set title 'planted6'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::912::936 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::937::961 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::962::986 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::987::1011 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::1012::1036 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::1037::1061 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::1062::1063 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.2181
set tmargin at screen 0.3989
set title 'planted7'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::1064::1088 using 3:4 with lines lc rgb '#999999' lw 1 dt 1, \
  data skip 1 every ::1089::1113 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::1114::1138 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::1139::1163 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::1164::1188 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::1189::1213 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::1214::1215 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
