# Drawn by rankwise from ranks_tasks.csv; again: gnuplot -e "format='svg'" ranks_tasks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,373 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.89in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1167 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'ranks_tasks.csv'
set output 'ranks_tasks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.2
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over sites and seeds; gate entropy at the end,' at screen 0.5,0.9743 center font ',7.0'
set label 'of a uniform gate''s: frozen 0.98; printed 0.46; printed, r/T 0.35; all' at screen 0.5,0.9409 center font ',7.0'
set label 'prefixes 0.50; gumbel 0.02' at screen 0.5,0.9075 center font ',7.0'
set label 'planted_ranks · tiny (random) · suite planted · seeds 10–19' at screen 0.5,0.8740 center font ',6.0' tc rgb '#555555'
set yrange [1:7]
set ytics 1,2
set title offset 0,-0.8 font ',7.0'
unset key
set arrow from screen 0.1056,0.0604 to screen 0.1644,0.0604 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'frozen' at screen 0.1791,0.0604 left font ',7'
set arrow from screen 0.3685,0.0604 to screen 0.4274,0.0604 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'printed' at screen 0.4421,0.0604 left font ',7'
set arrow from screen 0.6315,0.0604 to screen 0.6903,0.0604 nohead lc rgb '#332288' lw 1.5 dt 1
set label 'printed, r/T' at screen 0.7050,0.0604 left font ',7'
set arrow from screen 0.1056,0.0270 to screen 0.1644,0.0270 nohead lc rgb '#0072B2' lw 1.5 dt (4,3)
set label 'all prefixes' at screen 0.1791,0.0270 left font ',7'
set arrow from screen 0.3685,0.0270 to screen 0.4274,0.0270 nohead lc rgb '#999933' lw 1.5 dt (4,3)
set label 'gumbel' at screen 0.4421,0.0270 left font ',7'
set arrow from screen 0.6315,0.0270 to screen 0.6903,0.0270 nohead lc rgb 'black' lw 0.8 dt 2
set label 'true rank' at screen 0.7050,0.0270 left font ',7'
set multiplot
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.6401
set tmargin at screen 0.8149
set title 'planted0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::0::24 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::25::49 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::50::74 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::75::99 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::100::124 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::125::126 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.6401
set tmargin at screen 0.8149
set title 'planted1'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::127::151 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::152::176 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::177::201 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::202::226 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::227::251 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::252::253 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9529
set bmargin at screen 0.6401
set tmargin at screen 0.8149
set title 'planted2'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::254::278 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::279::303 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::304::328 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::329::353 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::354::378 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::379::380 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.4087
set tmargin at screen 0.5835
set title 'planted3'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::381::405 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::406::430 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::431::455 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::456::480 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::481::505 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::506::507 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.4087
set tmargin at screen 0.5835
set title 'planted4'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::508::532 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::533::557 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::558::582 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::583::607 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::608::632 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::633::634 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6904
set rmargin at screen 0.9529
set bmargin at screen 0.4087
set tmargin at screen 0.5835
set title 'planted5'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::635::659 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::660::684 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::685::709 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::710::734 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::735::759 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::760::761 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1064
set rmargin at screen 0.3690
set bmargin at screen 0.1774
set tmargin at screen 0.3522
set title 'planted6'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'rank' offset 0.3,0
plot data skip 1 every ::762::786 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::787::811 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::812::836 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::837::861 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::862::886 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::887::888 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.3984
set rmargin at screen 0.6610
set bmargin at screen 0.1774
set tmargin at screen 0.3522
set title 'planted7'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::889::913 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::914::938 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::939::963 using 3:4 with lines lc rgb '#332288' lw 1 dt 1, \
  data skip 1 every ::964::988 using 3:4 with lines lc rgb '#0072B2' lw 1 dt (4,3), \
  data skip 1 every ::989::1013 using 3:4 with lines lc rgb '#999933' lw 1 dt (4,3), \
  data skip 1 every ::1014::1015 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
