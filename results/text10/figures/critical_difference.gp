# Drawn by rankwise from critical_difference.csv; again: gnuplot -e "format='svg'" critical_difference.gp
if (!exists('format')) format = 'svg'
if (format eq 'svg') set terminal svg noenhanced size 672,252 font 'DejaVu Sans,8' fontscale 1.333 background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 7in,2.62in font 'DejaVu Sans,8' fontscale 0.75 linewidth 1.7 pointscale 0.75
if (format eq 'png') set terminal pngcairo noenhanced size 2100,786 font 'DejaVu Sans,8' fontscale 3.125 linewidth 3.125 pointscale 3.125
cells = format eq 'png' ? 'image' : 'image pixels'
data = 'critical_difference.csv'
set output 'critical_difference.'.format
set encoding utf8
set datafile separator comma
set label 'Mean rank of 20 labels over 10 tasks (mean scores over seeds), 1 is best; Friedman''s test that all rank alike: p 6.75e-10;' at screen 0.5,0.9618 center font ',8.0'
set label 'two that lie 9.4 apart differ (Nemenyi, 0.05); a bar joins those that do not' at screen 0.5,0.9122 center font ',8.0'
set label 'text10 · bert minilm-l6 · suite text10 · seeds 0–2' at screen 0.5,0.8626 center font ',6.0' tc rgb '#555555'
set lmargin at screen 0.1972
set rmargin at screen 0.8028
set bmargin at screen 0.0229
set tmargin at screen 0.8359
unset key
unset ytics
unset border
set xrange [1:20]
set yrange [-1.71:0.42]
set xtics axis out scale 0.3 offset 0,1.7 1,2
set xzeroaxis lt 1 lc rgb 'black' lw 0.8
set arrow from 1,0.3 to 10.376,0.3 nohead lw 1
set arrow from 1,0.27 to 1,0.33 nohead lw 1
set arrow from 10.376,0.27 to 10.376,0.33 nohead lw 1
set label 'critical difference 9.4' at 10.376,0.3 left offset 0.6,0 font ',7'
set arrow from 4.85,-0.07 to 13.55,-0.07 nohead lw 2.5
set arrow from 5.75,-0.14 to 15.1,-0.14 nohead lw 2.5
set arrow from 9.45,-0.21 to 18.6,-0.21 nohead lw 2.5
set arrow from 4.9,0 to 4.9,-0.38 nohead lw 0.6
set arrow from 4.9,-0.38 to 1,-0.38 nohead lw 0.6
set label 'full fine-tuning 4.9' at 1,-0.38 right offset -0.6,0 font ',7'
set arrow from 5.8,0 to 5.8,-0.52 nohead lw 0.6
set arrow from 5.8,-0.52 to 1,-0.52 nohead lw 0.6
set label 'lora rank=16 5.8' at 1,-0.52 right offset -0.6,0 font ',7'
set arrow from 6.4,0 to 6.4,-0.66 nohead lw 0.6
set arrow from 6.4,-0.66 to 1,-0.66 nohead lw 0.6
set label 'lora rank=32 6.4' at 1,-0.66 right offset -0.6,0 font ',7'
set arrow from 6.85,0 to 6.85,-0.8 nohead lw 0.6
set arrow from 6.85,-0.8 to 1,-0.8 nohead lw 0.6
set label 'smora 64/8 6.8' at 1,-0.8 right offset -0.6,0 font ',7'
set arrow from 6.95,0 to 6.95,-0.94 nohead lw 0.6
set arrow from 6.95,-0.94 to 1,-0.94 nohead lw 0.6
set label 'flylora 32/8 7.0' at 1,-0.94 right offset -0.6,0 font ',7'
set arrow from 7.8,0 to 7.8,-1.08 nohead lw 0.6
set arrow from 7.8,-1.08 to 1,-1.08 nohead lw 0.6
set label 'hydralora 3x8 7.8' at 1,-1.08 right offset -0.6,0 font ',7'
set arrow from 8.85,0 to 8.85,-1.22 nohead lw 0.6
set arrow from 8.85,-1.22 to 1,-1.22 nohead lw 0.6
set label 'lora rank=8 8.8' at 1,-1.22 right offset -0.6,0 font ',7'
set arrow from 9,0 to 9,-1.36 nohead lw 0.6
set arrow from 9,-1.36 to 1,-1.36 nohead lw 0.6
set label 'split-lora 4x8 9.0' at 1,-1.36 right offset -0.6,0 font ',7'
set arrow from 9.5,0 to 9.5,-1.5 nohead lw 0.6
set arrow from 9.5,-1.5 to 1,-1.5 nohead lw 0.6
set label 'more 9.5' at 1,-1.5 right offset -0.6,0 font ',7'
set arrow from 10,0 to 10,-1.64 nohead lw 0.6
set arrow from 10,-1.64 to 1,-1.64 nohead lw 0.6
set label 'more, no contrastive 10.0' at 1,-1.64 right offset -0.6,0 font ',7'
set arrow from 10.05,0 to 10.05,-1.64 nohead lw 0.6
set arrow from 10.05,-1.64 to 20,-1.64 nohead lw 0.6
set label '10.1 lora rank=64' at 20,-1.64 left offset 0.6,0 font ',7'
set arrow from 10.05,0 to 10.05,-1.5 nohead lw 0.6
set arrow from 10.05,-1.5 to 20,-1.5 nohead lw 0.6
set label '10.1 sora 8' at 20,-1.5 left offset 0.6,0 font ',7'
set arrow from 10.85,0 to 10.85,-1.36 nohead lw 0.6
set arrow from 10.85,-1.36 to 20,-1.36 nohead lw 0.6
set label '10.8 multilora 4x8' at 20,-1.36 left offset 0.6,0 font ',7'
set arrow from 11.35,0 to 11.35,-1.22 nohead lw 0.6
set arrow from 11.35,-1.22 to 20,-1.22 nohead lw 0.6
set label '11.3 moelora 8x2' at 20,-1.22 left offset 0.6,0 font ',7'
set arrow from 11.4,0 to 11.4,-1.08 nohead lw 0.6
set arrow from 11.4,-1.08 to 20,-1.08 nohead lw 0.6
set label '11.4 lora rank=4' at 20,-1.08 left offset 0.6,0 font ',7'
set arrow from 13.5,0 to 13.5,-0.94 nohead lw 0.6
set arrow from 13.5,-0.94 to 20,-0.94 nohead lw 0.6
set label '13.5 lora rank=2' at 20,-0.94 left offset 0.6,0 font ',7'
set arrow from 14.6,0 to 14.6,-0.8 nohead lw 0.6
set arrow from 14.6,-0.8 to 20,-0.8 nohead lw 0.6
set label '14.6 lora-moe 8x8, top-1' at 20,-0.8 left offset 0.6,0 font ',7'
set arrow from 15.05,0 to 15.05,-0.66 nohead lw 0.6
set arrow from 15.05,-0.66 to 20,-0.66 nohead lw 0.6
set label '15.1 lora rank=1' at 20,-0.66 left offset 0.6,0 font ',7'
set arrow from 18.55,0 to 18.55,-0.52 nohead lw 0.6
set arrow from 18.55,-0.52 to 20,-0.52 nohead lw 0.6
set label '18.6 linear probe' at 20,-0.52 left offset 0.6,0 font ',7'
set arrow from 18.55,0 to 18.55,-0.38 nohead lw 0.6
set arrow from 18.55,-0.38 to 20,-0.38 nohead lw 0.6
set label '18.6 adalora 12 to 8' at 20,-0.38 left offset 0.6,0 font ',7'
plot data every ::1 using 2:(0) with points pt 7 ps 0.25 lc rgb 'black'
