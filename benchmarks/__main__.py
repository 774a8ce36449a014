"""Every comparison of speed in one run, as ratios: `make bench`. The simulations have commands of their own."""

from benchmarks import grouped, intake, random_slopes, reliable_change, runs


def main() -> None:
    """Run one comparison after the other."""
    reliable_change.run()
    print()
    grouped.run()
    print()
    random_slopes.main(["--full"])
    print()
    intake.run()
    print()
    runs.main([])


if __name__ == "__main__":
    main()
