"""Measurements of the package, printed as tables: how often intervals cover, how often verdicts err, how fast it is.

Nothing here is part of the package. Every table is printed by running its module from the repository, with a fixed seed,
so that anyone can get the same numbers; RESULTAT.md holds one run of each. ``python -m benchmarks.coverage --help``.

=====================  =============================================================================
coverage               how often each interval holds the truth: changes and their sizes (``change``),
                       means of groups (``groups``), shares and what compares them (``shares``),
                       people in clusters (``clusters``)
loss                   the mean change when 20, 50 or 85 % are lost, under three mechanisms
common_form            which of three targets the common form holds, and how often
common_form_truth      the same for the demonstration's stored truth, unit by unit
unit_comparison        how fast 290 municipalities of 20 units are compared, and how often the intervals hold
year_coverage          how often the change between years that share people is covered
person_level           how often each person-level method calls an unchanged person changed
suppression            whether the choice of hidden counts holds, what it costs, how long it takes
mutation               how many deliberate faults the tests notice
reliable_change,       how fast, beside bare NumPy, pingouin, statsmodels and imputation
grouped,               (all three: ``python -m benchmarks``)
random_slopes,
intake
runs                   what a run of reports costs beside papermill and nbconvert, and beside plain functions, how
                       long a plan takes, and whether memory and cost stay as they began (also in ``benchmarks``)
=====================  =============================================================================
"""
