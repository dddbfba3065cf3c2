# Drawn by rankwise from ranks_tasks.csv; again: gnuplot -e "format='svg'" ranks_tasks.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,348 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,3.63in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,1089 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
data = 'ranks_tasks.csv'
set output 'ranks_tasks.'.format
set encoding utf8
set datafile separator comma
set border 3 lw 0.5
set xtics nomirror scale 0.4 offset 0,0.4
set ytics nomirror scale 0.4 offset 0.5,0
set label 'Chosen rank, mean over sites, 10 seeds' at screen 0.5,0.9725 center font ',7.0'
set yrange [0:10]
set ytics 5
set title offset 0,-0.8
unset key
set arrow from screen 0.0471,0.1006 to screen 0.1059,0.1006 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'true' at screen 0.1206,0.1006 left font ',7'
set arrow from screen 0.3490,0.1006 to screen 0.4078,0.1006 nohead lc rgb '#D55E00' lw 1.5 dt 1
set label 'frozen' at screen 0.4225,0.1006 left font ',7'
set arrow from screen 0.6510,0.1006 to screen 0.7098,0.1006 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'printed' at screen 0.7245,0.1006 left font ',7'
set arrow from screen 0.0471,0.0647 to screen 0.1059,0.0647 nohead lc rgb '#CC79A7' lw 1.5 dt 1
set label 'printed, r/T' at screen 0.1206,0.0647 left font ',7'
set arrow from screen 0.3490,0.0647 to screen 0.4078,0.0647 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label 'all prefixes' at screen 0.4225,0.0647 left font ',7'
set arrow from screen 0.6510,0.0647 to screen 0.7098,0.0647 nohead lc rgb '#56B4E9' lw 1.5 dt 1
set label 'gumbel' at screen 0.7245,0.0647 left font ',7'
set arrow from screen 0.0471,0.0289 to screen 0.1059,0.0289 nohead lc rgb 'black' lw 0.8 dt 2
set label 'true rank' at screen 0.1206,0.0289 left font ',7'
set multiplot
set lmargin at screen 0.1214
set rmargin at screen 0.3790
set bmargin at screen 0.7163
set tmargin at screen 0.9036
set title 'planted0' font ',7.0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 1.2,0
plot data skip 1 every ::0::4 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::5::9 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::10::14 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::15::19 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::20::24 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::25::29 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::30::31 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.4084
set rmargin at screen 0.6660
set bmargin at screen 0.7163
set tmargin at screen 0.9036
set title 'planted1' font ',7.0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::32::36 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::37::41 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::42::46 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::47::51 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::52::56 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::57::61 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::62::63 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6954
set rmargin at screen 0.9529
set bmargin at screen 0.7163
set tmargin at screen 0.9036
set title 'planted2' font ',7.0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::64::68 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::69::73 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::74::78 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::79::83 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::84::88 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::89::93 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::94::95 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1214
set rmargin at screen 0.3790
set bmargin at screen 0.4683
set tmargin at screen 0.6556
set title 'planted3' font ',7.0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y '%g'
set ylabel 'rank' offset 1.2,0
plot data skip 1 every ::96::100 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::101::105 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::106::110 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::111::115 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::116::120 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::121::125 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::126::127 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.4084
set rmargin at screen 0.6660
set bmargin at screen 0.4683
set tmargin at screen 0.6556
set title 'planted4' font ',7.0'
set xrange [0:1200]
set xtics ('' 0,'' 500,'' 1000,'' 1500)
unset xlabel
set format y ''
unset ylabel
plot data skip 1 every ::128::132 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::133::137 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::138::142 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::143::147 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::148::152 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::153::157 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::158::159 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.6954
set rmargin at screen 0.9529
set bmargin at screen 0.4683
set tmargin at screen 0.6556
set title 'planted5' font ',7.0'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::160::164 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::165::169 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::170::174 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::175::179 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::180::184 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::185::189 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::190::191 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.1214
set rmargin at screen 0.3790
set bmargin at screen 0.2204
set tmargin at screen 0.4077
set title 'planted6' font ',7.0'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y '%g'
set ylabel 'rank' offset 1.2,0
plot data skip 1 every ::192::196 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::197::201 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::202::206 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::207::211 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::212::216 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::217::221 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::222::223 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
set lmargin at screen 0.4084
set rmargin at screen 0.6660
set bmargin at screen 0.2204
set tmargin at screen 0.4077
set title 'planted7' font ',7.0'
set xrange [0:1200]
set xtics ('0' 0,'500' 500,'1000' 1000,'1500' 1500)
set xlabel 'step' offset 0,0.7
set format y ''
unset ylabel
plot data skip 1 every ::224::228 using 3:4 with lines lc rgb '#0072B2' lw 1 dt 1, \
  data skip 1 every ::229::233 using 3:4 with lines lc rgb '#D55E00' lw 1 dt 1, \
  data skip 1 every ::234::238 using 3:4 with lines lc rgb '#009E73' lw 1 dt 1, \
  data skip 1 every ::239::243 using 3:4 with lines lc rgb '#CC79A7' lw 1 dt 1, \
  data skip 1 every ::244::248 using 3:4 with lines lc rgb '#E69F00' lw 1 dt 1, \
  data skip 1 every ::249::253 using 3:4 with lines lc rgb '#56B4E9' lw 1 dt 1, \
  data skip 1 every ::254::255 using 3:4 with lines lc rgb 'black' lw 0.8 dt 2
unset label
unset arrow
unset multiplot
