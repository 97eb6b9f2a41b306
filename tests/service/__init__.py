"""The whole service against a modelled bank: any history of acts, news, faults and crashes."""
