"""What the shop sold in a month, as text and as numbers."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Sale:
    product: str
    city: str
    quantity: int
    price_cents: int
    day: date


@dataclass
class Report:
    month: date
    sales: list[Sale] = field(default_factory=list)

    def total_cents(self) -> int:
        return sum(sale.quantity * sale.price_cents for sale in self.sales)

    def total_by_product(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for sale in self.sales:
            totals[sale.product] = totals.get(sale.product, 0) + sale.quantity * sale.price_cents
        return totals

    def total_by_city(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for sale in self.sales:
            totals[sale.city] = totals.get(sale.city, 0) + sale.quantity * sale.price_cents
        return totals


def print_totals(title: str, totals: dict[str, int]) -> None:
    print(title)
    for name, cents in sorted(totals.items(), key=lambda item: item[1], reverse=True):
        print(f"  {name:<20} {cents / 100:>10.2f}")


def print_report(report: Report) -> None:
    print(f"Sales of {report.month:%B %Y}: {report.total_cents() / 100:.2f}")
    print_totals("By product", report.total_by_product())
    print_totals("By city", report.total_by_city())
