"""Documents that leave the house: letters, reports and bundles as PDF, charts as SVG, tables as workbooks.

`blocks` says what a document is made of, `pdf.render_pdf` sets it, `charts.chart_svg` draws, `workbooks.workbook` writes XLSX. PDF and SVG need the
extra `reports`; without it they raise `steward.science.extras.MissingExtra`, which says how to install it.
"""
