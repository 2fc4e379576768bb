"""Writes splits.csv: what scikit-learn returns for train_test_split and KFold.

    python3 splits.py > splits.csv

Made with scikit-learn 1.2.1 and NumPy 1.24.2; both promise that these never change. Rows of more than a few indices are
kept as their first ten and a SHA-256 of all, written in decimal with blanks between.
"""

import hashlib

from sklearn.model_selection import KFold, train_test_split


def digest(rows):
    return hashlib.sha256(" ".join(str(r) for r in rows).encode()).hexdigest()


def fields(rows):
    rows = [int(r) for r in rows]
    return f"{len(rows)},{' '.join(str(r) for r in rows[:10])},{digest(rows)}"


print("kind,n,parameter,randomState,fold,"
      "trainCount,trainFirst,trainSha256,testCount,testFirst,testSha256")
for n in (2, 5, 10, 97, 624, 625, 1000, 2090, 2150, 2340, 3556):
    for fraction in (0.1, 0.2, 0.25, 0.33, 0.5):
        for state in (0, 1, 42, 2020, 4294967295):
            train, test = train_test_split(range(n), test_size=fraction, random_state=state)
            print(f"random,{n},{fraction},{state},0,{fields(train)},{fields(test)}")
for n in (7, 100, 2340):
    for k in (2, 5, 7):
        for state in (0, 42):
            folds = KFold(k, shuffle=True, random_state=state).split(range(n))
            for fold, (train, test) in enumerate(folds):
                print(f"kfold,{n},{k},{state},{fold},{fields(train)},{fields(test)}")
