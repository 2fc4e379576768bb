package gputrain.data;

import java.util.List;
import java.util.Optional;

/** All tables that the program knows: bundled ones, and slots for those that a paper used and that we do not have. */
final class Catalogue {

    private static final String AUDI_1993 = "Audi & Wapstra, Nucl. Phys. A 565 (1993) 1";
    private static final String AUDI_1995 = "Audi & Wapstra, Nucl. Phys. A 595 (1995) 409";

    static final List<KnownTable> ALL = List.of(
            ame("ame1983", "AME1983", "Wapstra & Audi, Nucl. Phys. A 432 (1985) 1", "mass.mas83", "ame1983", 2209),
            ame("ame1993", "AME1993, recommended values", AUDI_1993, "mass_rmd.mas93", "ame1993", 2650),
            ame("ame1993exp", "AME1993, experimental values", AUDI_1993, "mass_exp.mas93", "ame1993", 2650),
            ame("ame1995", "AME1995, recommended values", AUDI_1995, "mass_rmd.mas95", "ame1993", 2931),
            ame("ame1995exp", "AME1995, experimental values", AUDI_1995, "mass_exp.mas95", "ame1993", 2931),
            ame(
                    "ame2003",
                    "AME2003",
                    "Audi, Wapstra & Thibault, Nucl. Phys. A 729 (2003) 337",
                    "mass.mas03",
                    "ame2003",
                    3179),
            ame("ame2012", "AME2012", "Wang et al., Chin. Phys. C 36 (2012) 1603", "mass.mas12", "ame2003", 3353),
            ame("ame2016", "AME2016", "Wang et al., Chin. Phys. C 41 (2017) 030003", "mass16.txt", "ame2003", 3436),
            ame(
                    "ame2020",
                    "AME2020",
                    "Wang et al., Chin. Phys. C 45 (2021) 030003",
                    "mass_1.mas20.txt",
                    "ame2020",
                    3558),
            theory(
                    "ws4",
                    "WS4",
                    "Wang, Liu, Wu & Meng, Phys. Lett. B 734 (2014) 215",
                    "WS4.txt of 2014-June-3, imqmd.com/mass",
                    10237),
            theory(
                    "ws4-rbf",
                    "WS4 with radial basis function corrections",
                    "Wang, Liu, Wu & Meng, Phys. Lett. B 734 (2014) 215; Wang & Liu, Phys. Rev. C 84 (2011) 051303",
                    "WS4_RBF.txt of 2014-June-3, imqmd.com/mass",
                    10237),
            theory(
                    "ws-star",
                    "WS*",
                    "Wang, Liang, Liu & Wu, Phys. Rev. C 82 (2010) 044304",
                    "o2scl data file wllw10.o2, written as CSV",
                    11248),
            theory(
                    "frdm2012",
                    "FRDM2012",
                    "Moeller, Sierk, Ichikawa & Sagawa, At. Data Nucl. Data Tables 109-110 (2016) 1",
                    "mass-frdm12.dat of RIPL",
                    9318),
            theory(
                    "hfb24",
                    "HFB-24",
                    "Goriely, Chamel & Pearson, Phys. Rev. C 88 (2013) 024308",
                    "hfb24.dat of BRUSLIB",
                    8392),
            theory(
                    "hfb27",
                    "HFB-27",
                    "Goriely, Chamel & Pearson, Phys. Rev. C 88 (2013) 061302",
                    "mass-hfb27.dat of RIPL",
                    10175),
            theory(
                    "ktuy05",
                    "KTUY05",
                    "Koura, Tachibana, Uno & Yamada, Prog. Theor. Phys. 113 (2005) 305",
                    "KTUY05_m246.dat",
                    9436),
            theory(
                    "dz28",
                    "Duflo-Zuker, 28 parameters",
                    "Duflo & Zuker, Phys. Rev. C 52 (1995) R23",
                    "du_zu_28.feb95 of the AMDC",
                    9210),
            theory(
                    "drhbc",
                    "DRHBc with PC-PK1, even Z",
                    "Guo et al., At. Data Nucl. Data Tables 158 (2024) 101661; Zhang et al., At. Data Nucl. Data Tables"
                            + " 144 (2022) 101488",
                    "Supplementary_material.txt of the DRHBc mass table collaboration",
                    5437),
            theory(
                    "unedf0",
                    "Skyrme HFB, UNEDF0",
                    "Erler et al., Nature 486 (2012) 509",
                    "UNEDF0 table of the Mass Explorer",
                    8300),
            theory(
                    "skms",
                    "Skyrme HFB, SkM*",
                    "Erler et al., Nature 486 (2012) 509",
                    "SkM* table of the Mass Explorer",
                    8700),
            missing(
                    "rchb",
                    "RCHB with PC-PK1",
                    "Xia et al., At. Data Nucl. Data Tables 121-122 (2018) 1",
                    "the article's supplementary table, doi:10.1016/j.adt.2017.09.001",
                    "drhbc"),
            missing(
                    "hfb31",
                    "HFB-31",
                    "Goriely, Chamel & Pearson, Phys. Rev. C 93 (2016) 034337",
                    "BRUSLIB, www.astro.ulb.ac.be/bruslib/nucdata/hfb31-dat",
                    "hfb27"),
            missing(
                    "bhagwat",
                    "Bhagwat's mass formula",
                    "Bhagwat, Phys. Rev. C 90 (2014) 064306",
                    "the article's supplementary table, doi:10.1103/PhysRevC.90.064306",
                    "ws4"));

    private Catalogue() {}

    static Optional<KnownTable> find(String id) {
        return ALL.stream().filter(table -> table.id().equals(id)).findFirst();
    }

    private static KnownTable ame(String id, String title, String citation, String file, String format, int rows) {
        return new KnownTable(
                id, TableKind.EXPERIMENT, title, citation, "AMDC file " + file, format, rows, Optional.empty());
    }

    private static KnownTable theory(String id, String title, String citation, String file, int rows) {
        return new KnownTable(id, TableKind.THEORY, title, citation, file, id, rows, Optional.empty());
    }

    private static KnownTable missing(String id, String title, String citation, String where, String nearest) {
        return new KnownTable(id, TableKind.THEORY, title, citation, where, "csv", 0, Optional.of(nearest));
    }
}
