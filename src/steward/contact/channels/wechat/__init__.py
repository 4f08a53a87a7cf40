"""WeChat: official accounts and applications of WeCom. In by an encrypted callback, out by the interface of customer service messages."""
