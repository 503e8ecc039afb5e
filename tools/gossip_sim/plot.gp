# Draws curves: gnuplot -c plot.gp DATA OUT STYLE TITLE XLABEL PANEL [PANEL]...
# DATA has one block per curve, separated by two empty lines, each begun by its name. STYLE is "steps"
# or "sizes". PANEL is the number of its curves, a space, and the label of its vertical axis.
panels = ARGC - 5
height = panels == 1 ? 540 : 320 * panels
if (ARG2[strlen(ARG2) - 3:] eq ".png") {
  set terminal pngcairo size 900,height background rgb "white" font "sans-serif,11"
} else {
  set terminal svg size 900,height dynamic background rgb "white" font "sans-serif,13"
}
set output ARG2
set grid
set xlabel ARG5 noenhanced
if (ARG3 eq "sizes") {
  set logscale x
  set yrange [0:*]
  set key top left noenhanced
} else {
  set key bottom right noenhanced
}
if (panels == 1) {
  set title ARG4 noenhanced
} else {
  set multiplot layout panels,1 title ARG4 noenhanced
}
first = 0
do for [panel = 1:panels] {
  description = ARGV[5 + panel]
  count = word(description, 1)
  set ylabel description[strlen(count) + 2:] noenhanced
  last = first + count - 1
  if (ARG3 eq "sizes") {
    plot for [i = first:last] ARG1 using 1:2 index i with linespoints linewidth 2 pointtype 7 \
      title columnheader(1)
  } else {
    plot for [i = first:last] ARG1 using 1:2 index i with steps linewidth 2 title columnheader(1)
  }
  first = last + 1
}
