"""Writes case_a_split.csv: first and last nuclides of train_test_split(test_size=0.2, random_state=42) over the nuclei of
AME2020 with Z, N > 20, measured, uncertainty < 100 keV, in file order.

    python3 make_case_a_split.py mass_1.mas20.txt > case_a_split.csv

scikit-learn's train_test_split draws one permutation from NumPy's legacy generator; its head is the test set.
"""

import sys

import numpy

nuclei = []
for line in open(sys.argv[1], encoding="latin-1"):
    n, z = line[4:9].strip(), line[9:14].strip()
    if n.isdigit() and z.isdigit() and "#" not in line[28:54]:
        if int(z) > 20 and int(n) > 20 and float(line[42:54]) < 100:
            nuclei.append((int(z), int(n)))
order = numpy.random.RandomState(42).permutation(len(nuclei))
tests = -(-len(nuclei) // 5)
print("set,index,Z,N")
for name, rows in (("train", order[tests:]), ("test", order[:tests])):
    for index in list(range(5)) + list(range(len(rows) - 5, len(rows))):
        z, n = nuclei[rows[index]]
        print(f"{name},{index},{z},{n}")
