# Drawn by rankwise from clusters_more_encoder.layer.5.output.dense.csv; again: gnuplot -e "format='svg'" clusters_more_encoder.layer.5.output.dense.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,247 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.5700000000000003in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,771 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'clusters_more_encoder.layer.5.output.dense.csv'
set output 'clusters_more_encoder.layer.5.output.dense.'.format
set encoding utf8
set datafile separator comma
set label 'more: task embeddings at encoder.layer.5.output.dense; silhouette' at screen 0.5,0.9611 center font ',7.0'
set label 'by family -0.01 (cosine, 1536 dimensions)' at screen 0.5,0.9105 center font ',7.0'
set label 'demo · bert minilm-l6 · suite text10 · seed 0' at screen 0.5,0.8599 center font ',6.0' tc rgb '#555555'
set label '' at screen 0.1622,0.0914 point pt 7 ps 0.5 lc rgb '#0072B2'
set label '1 sms_spam' at screen 0.2063,0.0914 left font ',7'
set label '' at screen 0.5294,0.0914 point pt 5 ps 0.5 lc rgb '#D55E00'
set label '2 supersense16' at screen 0.5735,0.0914 left font ',7'
set label '' at screen 0.1622,0.0409 point pt 9 ps 0.5 lc rgb '#009E73'
set label '3 rotten_tomatoes' at screen 0.2063,0.0409 left font ',7'
set label '' at screen 0.5294,0.0409 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label '4 vader_tweets' at screen 0.5735,0.0409 left font ',7'
unset key
set border lw 0.5
unset xtics
unset ytics
set offsets graph 0.07, graph 0.14, graph 0.09, graph 0.07
set title offset 0,-0.9
set multiplot
set lmargin at screen 0.2824
set rmargin at screen 0.7176
set bmargin at screen 0.1946
set tmargin at screen 0.7704
set title 'PCA, 68 % of the variance'
set xlabel 'component 1' offset 0,0.5 font ',6'
set ylabel 'component 2' offset 1.3,0 font ',6'
plot data skip 1 every ::0::0 using 4:5 with points pt 7 ps 1.15 lc rgb 'black', \
  data skip 1 every ::0::0 using 4:5 with points pt 7 ps 0.9 lc rgb '#0072B2', \
  data skip 1 every ::0::0 using 4:5:(sprintf('%d',$3)) with labels left offset 0.7,0.35 font ',6.5', \
  data skip 1 every ::1::1 using 4:5 with points pt 5 ps 1.15 lc rgb 'black', \
  data skip 1 every ::1::1 using 4:5 with points pt 5 ps 0.9 lc rgb '#D55E00', \
  data skip 1 every ::1::1 using 4:5:(sprintf('%d',$3)) with labels left offset 0.7,0.35 font ',6.5', \
  data skip 1 every ::2::2 using 4:5 with points pt 9 ps 1.15 lc rgb 'black', \
  data skip 1 every ::2::2 using 4:5 with points pt 9 ps 0.9 lc rgb '#009E73', \
  data skip 1 every ::2::2 using 4:5:(sprintf('%d',$3)) with labels left offset 0.7,0.35 font ',6.5', \
  data skip 1 every ::3::3 using 4:5 with points pt 13 ps 1.15 lc rgb 'black', \
  data skip 1 every ::3::3 using 4:5 with points pt 13 ps 0.9 lc rgb '#CC79A7', \
  data skip 1 every ::3::3 using 4:5:(sprintf('%d',$3)) with labels left offset 0.7,0.35 font ',6.5'
unset label
unset multiplot
