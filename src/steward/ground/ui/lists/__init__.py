"""Lists of any size: keyset pages, capped counts, filters, sorting and CSV, with one small class that a list view is made of.

class CaseList(ListPage[Case]):
    key = "cases"
    template = "cases/list.html"
    form = CaseFilters
    orders = {"newest": ("-opened_at",), "due": ("due_at", "-opened_at")}
    columns = (Column("number", _("Number"), lambda case: case.number), ...)

    def queryset(self) -> QuerySet[Case]:
        return Case.objects.visible_to(self.request.user).matching(self.filters)

@staff("cases.view")
def case_list(request: StaffRequest) -> HttpResponse:
    return CaseList(request).respond()
"""

from .csvout import csv_response, neutral
from .keyset import Count, Page, capped_count, paginate, paginate_rows
from .page import Column, ListPage

__all__ = ["Column", "Count", "ListPage", "Page", "capped_count", "csv_response", "neutral", "paginate", "paginate_rows"]
