package dev.keyward.demo.company;

/// What a customer pays for, each month and seat.
enum Plan {
  STARTER("Starter", 1900),
  TEAM("Team", 3400),
  BUSINESS("Business", 5900);

  private final String title;
  private final int centsPerSeat;

  Plan(String title, int centsPerSeat) {
    this.title = title;
    this.centsPerSeat = centsPerSeat;
  }

  String title() {
    return title;
  }

  int centsPerSeat() {
    return centsPerSeat;
  }
}
