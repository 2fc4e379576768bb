"""Writes shell_corrections.csv: shell corrections (MeV) of WS* and WS4 for the nuclei of AME2020 with Z, N > 20,
measured, uncertainty < 100 keV.

    python3 make_shell_corrections.py mass_1.mas20.txt WSstar_2010.csv WS4.txt > shell_corrections.csv

WS*: column Esh of wllw10.o2 (o2scl), written as CSV. WS4: column Esh of WS4.txt of 2014-June-3 (imqmd.com/mass).
The program's own tables leave these columns out, no feature needs them.
"""

import csv
import sys

ame, star, ws4 = sys.argv[1:]
nuclei = []
for line in open(ame, encoding="latin-1"):
    n, z = line[4:9].strip(), line[9:14].strip()
    if not (n.isdigit() and z.isdigit()):
        continue
    mass, error = line[28:42], line[42:54]
    if "#" in mass + error or int(z) <= 20 or int(n) <= 20 or float(error) >= 100:
        continue
    nuclei.append((int(z), int(n)))
esh_star = {(int(r["Z"]), int(r["A"]) - int(r["Z"])): r["Esh"] for r in csv.DictReader(open(star))}
esh_ws4 = {}
for line in open(ws4, encoding="latin-1"):
    cells = line.split()
    if len(cells) == 11 and cells[0].isdigit():
        esh_ws4[int(cells[1]), int(cells[0]) - int(cells[1])] = cells[5]
print("Z,N,wsStarEshMeV,ws4EshMeV")
for z, n in nuclei:
    print(f"{z},{n},{esh_star[z, n]},{esh_ws4[z, n]}")
