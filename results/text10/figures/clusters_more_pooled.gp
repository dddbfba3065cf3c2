# Drawn by rankwise from clusters_more_pooled.csv; again: gnuplot -e "format='svg'" clusters_more_pooled.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 326,284 font 'DejaVu Sans,7' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 3.4in,2.9600000000000004in font 'DejaVu Sans,7' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 1020,888 font 'DejaVu Sans,7' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'clusters_more_pooled.csv'
set output 'clusters_more_pooled.'.format
set encoding utf8
set datafile separator comma
set label 'more: dev sequences at the backbone''s pooled output; silhouette' at screen 0.5,0.9662 center font ',7.0'
set label 'by task 0.22, by family 0.23 (cosine, 8 dimensions)' at screen 0.5,0.9223 center font ',7.0'
set label 'text10 · bert minilm-l6 · suite text10 · seed 0' at screen 0.5,0.8784 center font ',6.0' tc rgb '#555555'
set label '' at screen 0.1416,0.2111 point pt 7 ps 0.5 lc rgb '#0072B2'
set label '1 rotten_tomatoes' at screen 0.1857,0.2111 left font ',7'
set label '' at screen 0.5294,0.2111 point pt 5 ps 0.5 lc rgb '#D55E00'
set label '2 sms_spam' at screen 0.5735,0.2111 left font ',7'
set label '' at screen 0.1416,0.1672 point pt 9 ps 0.5 lc rgb '#009E73'
set label '3 reuters8' at screen 0.1857,0.1672 left font ',7'
set label '' at screen 0.5294,0.1672 point pt 13 ps 0.5 lc rgb '#CC79A7'
set label '4 supersense16' at screen 0.5735,0.1672 left font ',7'
set label '' at screen 0.1416,0.1233 point pt 11 ps 0.5 lc rgb '#E69F00'
set label '5 boolq' at screen 0.1857,0.1233 left font ',7'
set label '' at screen 0.5294,0.1233 point pt 15 ps 0.5 lc rgb '#56B4E9'
set label '6 privacyqa' at screen 0.5735,0.1233 left font ',7'
set label '' at screen 0.1416,0.0794 point pt 7 ps 0.5 lc rgb '#000000'
set label '7 commonsense_qa' at screen 0.1857,0.0794 left font ',7'
set label '' at screen 0.5294,0.0794 point pt 5 ps 0.5 lc rgb '#999999'
set label '8 social_iqa' at screen 0.5735,0.0794 left font ',7'
set label '' at screen 0.1416,0.0355 point pt 9 ps 0.5 lc rgb '#332288'
set label '9 vader_tweets' at screen 0.1857,0.0355 left font ',7'
set label '' at screen 0.5294,0.0355 point pt 13 ps 0.5 lc rgb '#882255'
set label '10 vader_amazon' at screen 0.5735,0.0355 left font ',7'
unset key
set border lw 0.5
unset xtics
unset ytics
set offsets graph 0.07, graph 0.14, graph 0.09, graph 0.07
set title offset 0,-0.9
set multiplot
set lmargin at screen 0.0500
set rmargin at screen 0.4853
set bmargin at screen 0.3007
set tmargin at screen 0.8007
set title 'PCA, 49 % of the variance'
set xlabel 'component 1' offset 0,0.5 font ',6'
set ylabel 'component 2' offset 1.3,0 font ',6'
plot data skip 1 every ::0::29 using 4:5 with points pt 7 ps 0.3 lw 0.6 lc rgb '#0072B2', \
  data skip 1 every ::30::59 using 4:5 with points pt 5 ps 0.3 lw 0.6 lc rgb '#D55E00', \
  data skip 1 every ::60::89 using 4:5 with points pt 9 ps 0.3 lw 0.6 lc rgb '#009E73', \
  data skip 1 every ::90::119 using 4:5 with points pt 13 ps 0.3 lw 0.6 lc rgb '#CC79A7', \
  data skip 1 every ::120::149 using 4:5 with points pt 11 ps 0.3 lw 0.6 lc rgb '#E69F00', \
  data skip 1 every ::150::179 using 4:5 with points pt 15 ps 0.3 lw 0.6 lc rgb '#56B4E9', \
  data skip 1 every ::180::209 using 4:5 with points pt 7 ps 0.3 lw 0.6 lc rgb '#000000', \
  data skip 1 every ::210::239 using 4:5 with points pt 5 ps 0.3 lw 0.6 lc rgb '#999999', \
  data skip 1 every ::240::269 using 4:5 with points pt 9 ps 0.3 lw 0.6 lc rgb '#332288', \
  data skip 1 every ::270::299 using 4:5 with points pt 13 ps 0.3 lw 0.6 lc rgb '#882255'
unset label
set lmargin at screen 0.5441
set rmargin at screen 0.9794
set bmargin at screen 0.3007
set tmargin at screen 0.8007
set title 't-SNE'
set xlabel 'dimension 1' offset 0,0.5 font ',6'
set ylabel 'dimension 2' offset 1.3,0 font ',6'
plot data skip 1 every ::0::29 using 6:7 with points pt 7 ps 0.3 lw 0.6 lc rgb '#0072B2', \
  data skip 1 every ::30::59 using 6:7 with points pt 5 ps 0.3 lw 0.6 lc rgb '#D55E00', \
  data skip 1 every ::60::89 using 6:7 with points pt 9 ps 0.3 lw 0.6 lc rgb '#009E73', \
  data skip 1 every ::90::119 using 6:7 with points pt 13 ps 0.3 lw 0.6 lc rgb '#CC79A7', \
  data skip 1 every ::120::149 using 6:7 with points pt 11 ps 0.3 lw 0.6 lc rgb '#E69F00', \
  data skip 1 every ::150::179 using 6:7 with points pt 15 ps 0.3 lw 0.6 lc rgb '#56B4E9', \
  data skip 1 every ::180::209 using 6:7 with points pt 7 ps 0.3 lw 0.6 lc rgb '#000000', \
  data skip 1 every ::210::239 using 6:7 with points pt 5 ps 0.3 lw 0.6 lc rgb '#999999', \
  data skip 1 every ::240::269 using 6:7 with points pt 9 ps 0.3 lw 0.6 lc rgb '#332288', \
  data skip 1 every ::270::299 using 6:7 with points pt 13 ps 0.3 lw 0.6 lc rgb '#882255'
unset label
unset multiplot
