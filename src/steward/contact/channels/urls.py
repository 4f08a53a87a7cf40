from __future__ import annotations

from django.urls import path, re_path

from .api.app import api, nowhere
from .chat.views import agent as chat_agent
from .chat.views import settings as chat_settings
from .chat.views import visitor as chat
from .mail import views as mail
from .phone.urls import urlpatterns as phone
from .sms.urls import urlpatterns as sms
from .views import settings as pages
from .walkin.urls import urlpatterns as walkin
from .web import views as web
from .wechat.urls import urlpatterns as wechat

app_name = "channels"
urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", nowhere, name="api_nowhere"),
    path("at/<slug:word>/", web.form, name="form"),
    path("at/logo/<uuid:public_id>/", web.logo, name="logo"),
    path("t/<str:token>/", web.track, name="track"),
    path("t/<str:token>/received/", web.received, name="received"),
    path("t/<str:token>/word/", web.word, name="word"),
    path("t/<str:token>/withdrawal/", web.withdrawal, name="withdrawal"),
    path("t/<str:token>/verdict/", web.verdict, name="verdict"),
    path("t/<str:token>/files/<uuid:public_id>/", web.file, name="file"),
    path("cases/<uuid:public_id>/answer-goes/", pages.answer_goes, name="answer_goes"),
    path("cases/<uuid:public_id>/link/", pages.case_link, name="case_link"),
    path("cases/<uuid:public_id>/links/ending/", pages.case_links_end, name="case_links_end"),
    path("settings/forms/", pages.form_list, name="forms"),
    path("settings/forms/<uuid:public_id>/", pages.form_edit, name="form_edit"),
    path("settings/tokens/", pages.token_list, name="tokens"),
    path("settings/tokens/new/", pages.token_new, name="token_new"),
    path("settings/tokens/<uuid:public_id>/revocation/", pages.token_revoke, name="token_revoke"),
    path("settings/mailboxes/", mail.mailbox_list, name="mailboxes"),
    path("settings/mailboxes/new/", mail.mailbox_new, name="mailbox_new"),
    path("settings/mailboxes/<uuid:public_id>/", mail.mailbox_edit, name="mailbox_edit"),
    path("settings/mailboxes/<uuid:public_id>/test/", mail.mailbox_test, name="mailbox_test"),
    path("mail/", mail.mail_list, name="mails"),
    path("mail/<uuid:public_id>/", mail.mail_detail, name="mail"),
    re_path(r"^mail/(?P<public_id>[0-9a-f-]{36})/(?P<decision>case|append|discard|again)/$", mail.mail_decide, name="mail_decide"),
    path("settings/interface/", pages.interface, name="interface"),
    path("settings/interface/openapi.json", pages.interface_document, name="interface_document"),
    path("chat/<slug:key>/", chat.frame, name="chat_frame"),
    path("chat/<slug:key>/widget.js", chat.widget, name="chat_widget"),
    path("chat/<slug:key>/start/", chat.start, name="chat_start"),
    path("chat/<slug:key>/news/", chat.news, name="chat_news"),
    path("chat/<slug:key>/word/", chat.word, name="chat_word"),
    path("chat/<slug:key>/end/", chat.end, name="chat_end"),
    path("chat/<slug:key>/transcript/", chat.transcript, name="chat_transcript"),
    path("chat/<slug:key>/leave/", chat.leave, name="chat_leave"),
    path("chat/<slug:key>/files/<uuid:public_id>/", chat.file, name="chat_file"),
    path("settings/chats/", chat_settings.site_list, name="chat_sites"),
    path("settings/chats/<uuid:public_id>/", chat_settings.site_edit, name="chat_site"),
    path("desk/chat/", chat_agent.desk, name="chats"),
    path("desk/chat/next/", chat_agent.take_next, name="chat_next"),
    path("desk/chat/<uuid:public_id>/", chat_agent.desk, name="chat_open"),
    path("desk/chat/<uuid:public_id>/taking/", chat_agent.take, name="chat_take"),
    path("desk/chat/<uuid:public_id>/answer/", chat_agent.answer, name="chat_answer"),
    path("desk/chat/<uuid:public_id>/ending/", chat_agent.finish, name="chat_finish"),
    path("desk/chat/<uuid:public_id>/handover/", chat_agent.hand_over, name="chat_hand_over"),
    path("desk/chat/handovers/<uuid:public_id>/", chat_agent.settle_handover, name="chat_settle"),
]
urlpatterns += [*phone, *sms, *walkin, *wechat]
