# Draws the curves of a run: gnuplot -c plot.gp DATA OUT TITLE XLABEL YLABEL CURVES
# DATA has one block per curve, separated by two empty lines, each begun by its name.
set terminal svg size 900,540 dynamic background rgb "white" font "sans-serif,13"
set output ARG2
set title ARG3 noenhanced
set xlabel ARG4 noenhanced
set ylabel ARG5 noenhanced
set grid
set key bottom right noenhanced
plot for [i = 0:ARG6 - 1] ARG1 using 1:2 index i with steps linewidth 2 \
  title columnheader(1)
